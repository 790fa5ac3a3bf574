Feature: Checkout
  A shopper buys what is there, at the shop's price, and pays for it once.

  Background:
    Given a lamp at 64.75 USD, 10 in stock

  Scenario: From the order to the empty place on the shelf
    When Ada orders 2 lamps
    Then the order is PENDING and costs 129.50 USD
    And 10 lamps are on hand, 2 of them reserved
    When Ada pays
    Then the order becomes PAID
    And the gateway has charged 129.50 once
    And 8 lamps are on hand, 0 of them reserved
    And Ada finds the order in her list as PAID
    And its history is PENDING, PAYMENT_PENDING, PAID

  Scenario: Several things in one order
    Given a chair at 0.10 USD, 5 in stock
    When Ada orders 1 lamp and 3 chairs
    Then the order is PENDING and costs 65.05 USD
    And 5 chairs are on hand, 3 of them reserved
    And 10 lamps are on hand, 1 of them reserved

  Scenario: The reply got lost
    When Ada orders 2 lamps
    And Ada sends the same order again
    Then it is the same order
    And 10 lamps are on hand, 2 of them reserved

  Scenario: A key is for one order
    When Ada orders 2 lamps
    And Ada sends an order of 3 lamps under the same key
    Then it is refused with 409 IDEMPOTENCY_KEY_REUSED
    And 10 lamps are on hand, 2 of them reserved

  Scenario: More than there is
    When Ada asks for 11 lamps
    Then it is refused with 409 INSUFFICIENT_STOCK
    And 10 lamps are on hand, 0 of them reserved

  Scenario: All or nothing
    Given a chair at 5.00 USD, 1 in stock
    When Ada asks for 1 lamp and 2 chairs
    Then it is refused with 409 INSUFFICIENT_STOCK
    And 10 lamps are on hand, 0 of them reserved
    And 1 chair is on hand, 0 of them reserved

  Scenario: The last ones are sold once
    When 15 shoppers order 1 lamp each at the same time
    Then 10 of them have an order, and 5 are refused with 409 INSUFFICIENT_STOCK
    And 10 lamps are on hand, 10 of them reserved

  Scenario: What the shop does not sell
    When Ada asks for something that is not sold
    Then it is refused with 422 UNKNOWN_PRODUCT

  Scenario: A price of one's own
    When Ada asks for a lamp at a price of her own
    Then it is refused with 400 VALIDATION_FAILED
    And 10 lamps are on hand, 0 of them reserved

  Scenario: Without a login
    When a stranger asks for 1 lamp
    Then it is refused with 401 UNAUTHENTICATED
    And 10 lamps are on hand, 0 of them reserved
