Feature: Cancellation
  Customers cancel what they have not paid; what was paid is given back, once.

  Background:
    Given a lamp at 30.00 USD, 10 in stock
    And Ada orders 2 lamps

  Scenario: Her own order, not yet paid
    When Ada cancels the order
    Then the order becomes CANCELED
    And 10 lamps are on hand, 0 of them reserved

  Scenario: Somebody else's order
    When Bob cancels the order
    Then it is refused with 404 ORDER_NOT_FOUND
    And the order becomes PENDING

  Scenario: Her own order, already paid
    Given Ada pays
    When Ada cancels the order
    Then it is refused with 403 FORBIDDEN
    And the order becomes PAID

  Scenario: A paid order, by an admin
    Given Ada pays
    When an admin cancels the order
    Then the order becomes CANCELED
    And the gateway has charged 60.00 once
    And the gateway has given 60.00 back once
    And 10 lamps are on hand, 0 of them reserved

  Scenario: A canceled order is over
    Given Ada cancels the order
    When Ada pays
    Then it is refused with 409 ORDER_NOT_PAYABLE

  Scenario: A fulfilled order cannot be canceled
    Given Ada pays
    And the merchant fulfils the order
    When an admin cancels the order
    Then it is refused with 409 ORDER_NOT_CANCELABLE
    And the order becomes FULFILLED

  Scenario: Much money needs a second admin
    Given a chair at 1000.01 USD, 5 in stock
    And Ada orders 1 chair
    And Ada pays
    When an admin cancels the order
    Then it waits for approval, and is still PAID
    When the same admin approves the cancellation
    Then it is refused with 403 SELF_APPROVAL
    When another admin approves the cancellation
    Then the order becomes CANCELED
    And the gateway has given 1000.01 back once
    And 5 chairs are on hand, 0 of them reserved

  Scenario: While it waits, nothing of it leaves the house
    Given a chair at 1000.01 USD, 5 in stock
    And Ada orders 1 chair
    And Ada pays
    And an admin cancels the order
    When the merchant tries to fulfil the order
    Then it is refused with 409 CANCELLATION_PENDING
    When another admin rejects the cancellation
    And the merchant tries to fulfil the order
    Then the order becomes FULFILLED
    And the gateway has given nothing back
