Feature: Payment
  Whatever the payment gateway does, nobody is charged twice and nothing is lost.

  Background:
    Given a lamp at 20.00 USD, 10 in stock
    And Ada orders 1 lamp

  Scenario: The card is declined, another one works
    When Ada pays with tok_decline
    Then it is refused with 402 PAYMENT_DECLINED
    And the order becomes PENDING
    When Ada pays with tok_visa
    Then the order becomes PAID
    And the gateway has charged 20.00 once

  Scenario: Paid twice
    When Ada pays
    And Ada pays
    Then the order becomes PAID
    And the gateway has charged 20.00 once

  Scenario Outline: The gateway misbehaves (<how>)
    When Ada pays with <how>
    Then the order becomes PAID
    And the gateway has charged 20.00 once

    Examples:
      | how                    |
      | tok_fault              |
      | tok_malformed          |
      | tok_duplicate_callback |

  Scenario: SOAP is down: its REST twin carries on
    Given the gateway's SOAP side is down
    When Ada pays
    Then the order becomes PAID
    And the gateway has charged 20.00 once, over REST

  Scenario: Nobody answers: nothing is charged, and the order can be paid later
    Given the gateway is down
    When Ada pays
    Then it is refused with 503 PAYMENT_UNAVAILABLE
    And the order becomes PENDING
    When the gateway is up again
    And Ada pays
    Then the order becomes PAID
    And the gateway has charged 20.00 once
