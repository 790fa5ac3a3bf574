Feature: Returns and refunds
  What comes back is paid back and for sale again, piece by piece, and never more than was paid.

  Background:
    Given a lamp at 10.01 USD, 5 in stock
    And Ada orders 3 lamps
    And Ada pays

  Scenario: A part, then the rest
    Given the merchant fulfils the order
    And Ada wants to send 1 lamp back
    When the merchant agrees to the return
    Then the return becomes RETURNED, and 10.01 goes back
    And the order becomes FULFILLED
    And 3 lamps are on hand, 0 of them reserved
    Given Ada wants to send 2 lamps back
    When the merchant agrees to the return
    Then the order becomes RETURNED
    And 5 lamps are on hand, 0 of them reserved
    And the gateway has given 30.03 back in 2 parts

  Scenario: The merchant does not agree
    Given the merchant fulfils the order
    And Ada wants to send 1 lamp back
    When the merchant refuses the return
    Then the return becomes REJECTED
    And the gateway has given nothing back

  Scenario: What she does not have yet
    When Ada tries to send 1 lamp back
    Then it is refused with 409 ORDER_NOT_RETURNABLE

  Scenario: What is still on its way
    Given the merchant fulfils the order
    And the merchant sends 3 lamps by DHL
    When Ada tries to send 1 lamp back
    Then it is refused with 422 NOT_TO_RETURN

  Scenario: More than she bought
    Given the merchant fulfils the order
    When Ada tries to send 4 lamps back
    Then it is refused with 422 NOT_TO_RETURN

  Scenario: Her own return is not hers to approve
    Given the merchant fulfils the order
    And Ada wants to send 1 lamp back
    When Ada agrees to the return
    Then it is refused with 403 FORBIDDEN
    And the gateway has given nothing back

  Scenario: Somebody else's order
    Given the merchant fulfils the order
    When Bob tries to send 1 lamp back
    Then it is refused with 404 ORDER_NOT_FOUND

  Scenario: Money back in parts, and no cent more
    When the merchant pays 10.00 back
    And the merchant pays 20.03 back
    Then the gateway has given 30.03 back in 2 parts
    When the merchant pays 0.01 back
    Then it is refused with 409 REFUND_EXCEEDS_CAPTURE

  Scenario: Many refunds at once
    When 6 clerks pay 10.01 back at the same time
    Then the gateway has given 30.03 back in 3 parts

  Scenario: Nothing was paid, nothing goes back
    When Ada orders 1 lamp
    And the merchant pays 1.00 back
    Then it is refused with 409 ORDER_NOT_REFUNDABLE
