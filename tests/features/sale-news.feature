Feature: News of flash sales
  A page hears of sales as they start and end, and misses nothing while it is away.

  Background:
    Given a lamp at 20.00 USD, 10 in stock
    And the shop knows the lamp's price

  Scenario: From the start to the end
    Given a page listens for flash sales
    When an admin sells the lamp at 12.00 for an hour
    Then the page hears of the sale: started
    When an admin ends the sale
    Then the page hears of the sale: started, ended

  Scenario: A page that was away goes on where it was
    Given a page listens for flash sales
    And an admin sells the lamp at 12.00 for an hour
    And the page hears of the sale: started
    When the page loses its connection
    And an admin ends the sale
    And the page comes back and says what it heard last
    Then the page hears of the sale: ended

  Scenario: Who comes later hears of the sales that run
    Given an admin sells the lamp at 12.00 for an hour
    And the lamp comes to cost 12.00 for shoppers
    When a page listens for flash sales
    Then the page hears of the sale: started

  Scenario: The dashboard of the shop is for its admins
    When a page wants to listen to the orders as Ada
    Then it is refused with 403 FORBIDDEN

  Scenario: An admin's dashboard sees every order
    Given an admin's dashboard listens to the orders
    When Ada orders 1 lamp
    And Ada pays
    Then the dashboard hears of the order: PENDING, PAYMENT_PENDING, PAID
