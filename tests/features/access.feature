Feature: Who may do what
  Machines get no more than they were granted, and what is sensitive can be looked up afterwards.

  Background:
    Given a lamp at 12.00 USD, 10 in stock

  Scenario: A partner's token is for what it was made for
    Given a partner's token of an admin that may only read stock
    When the partner reads the stock of the lamp
    Then it is accepted
    When the partner sets the price of the lamp to 1.00
    Then it is refused with 403 FORBIDDEN
    And the lamp's page shows 12.00

  Scenario: A token that was withdrawn
    Given a partner's token of an admin that may only read stock
    When the token is withdrawn
    Then the partner is refused with 401 UNAUTHENTICATED before long

  Scenario: Who overrode the price
    When an admin sets the price of the lamp to 9.50
    Then the audit log says that ADMIN-1 changed it from 12.00 to 9.50
