Feature: Sales and codes
  A shopper pays the price of the moment, and a discount is had as often as it was granted.

  Background:
    Given a lamp at 20.00 USD, 10 in stock

  Scenario: While the sale runs, and after it
    Given the shop knows the lamp's price
    When an admin announces a flash sale of the lamp, 25 percent off from the next second on for 3 seconds
    Then the lamp comes to cost 15.00 for shoppers
    When Ada orders 1 lamp
    Then the order is PENDING and costs 15.00 USD
    And it says that a FLASH_SALE took 5.00 off
    And the lamp comes to cost 20.00 for shoppers
    When Bob orders 1 lamp
    Then the order is PENDING and costs 20.00 USD

  Scenario: A sale that is ended
    Given the shop knows the lamp's price
    And an admin sells the lamp at 9.99 for an hour
    And the lamp comes to cost 9.99 for shoppers
    When an admin ends the sale
    Then the lamp comes to cost 20.00 for shoppers
    And orders of the lamp cost 20.00 USD

  Scenario: Sales are not for merchants to make
    When the merchant announces a flash sale of the lamp
    Then it is refused with 403 FORBIDDEN

  Scenario: A code that one may use
    Given a code for 10 percent off, for one order
    When Ada orders 1 lamp with the code
    Then the order is PENDING and costs 18.00 USD
    And it says that a CODE took 2.00 off
    When Bob asks for 1 lamp with the code
    Then it is refused with 422 CODE_NOT_APPLICABLE
    And 10 lamps are on hand, 1 of them reserved

  Scenario: The last use is had by one of many
    Given a code for 10 percent off, for one order
    When 8 shoppers order 1 lamp each with the code at the same time
    Then 1 of them have an order, and 7 are refused with 422 CODE_NOT_APPLICABLE

  Scenario: A canceled order gives its code back
    Given a code for 10 percent off, for one order
    And Ada orders 1 lamp with the code
    When Ada cancels the order
    Then Bob can order 1 lamp with the code

  Scenario: A code that ran out between the cart and the checkout
    Given a code for 10 percent off, for one order
    And Ada puts 2 lamps into her cart
    And Ada enters the code
    And her cart holds 2 lamps, and costs 36.00
    When Bob orders 1 lamp with the code
    And Ada tries to check her cart out
    Then it is refused with 422 CODE_NOT_APPLICABLE
    When Ada takes the code out of her cart
    And Ada checks her cart out
    Then the order is PENDING and costs 40.00 USD

  Scenario: A code of one's own
    When Ada asks for 1 lamp with a code that nobody gave her
    Then it is refused with 422 CODE_NOT_APPLICABLE
    And 10 lamps are on hand, 0 of them reserved

  Scenario: Three for the price of two
    Given the merchant gives every third lamp away
    When Ada orders 3 lamps
    Then the order is PENDING and costs 40.00 USD

  Scenario: A rule that nobody could compute in time
    When the merchant makes a promotion whose conditions are too deep
    Then it is refused with 422 RULE_TOO_COMPLEX

  Scenario: Many pieces, a lower price
    Given the merchant sells 3 lamps and more at 18.00 each
    When Ada orders 3 lamps
    Then the order is PENDING and costs 54.00 USD
    When Ada orders 2 lamps
    Then the order is PENDING and costs 40.00 USD

  Scenario: In another currency, at the rate of the day
    Given the merchant takes 10.25 NOK for a USD
    When Ada orders 2 lamps in NOK
    Then the order is PENDING and costs 410.00 NOK
    When Ada asks for 2 lamps in a currency without a rate
    Then it is refused with 422 CURRENCY_MISMATCH
