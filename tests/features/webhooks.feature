Feature: Partners are told by webhook
  Every event reaches the partner signed, in the order of its resource, until it is taken; nothing is lost while a partner is away.

  Background:
    Given a lamp at 20.00 USD, 10 in stock
    And a partner subscribes to orders and products

  Scenario: The life of an order, signed
    When Ada orders 1 lamp
    And Ada pays
    Then the partner hears of the order: created, payment_pending, paid
    And the library of Standard Webhooks and a plain hash verify all of it
    And a body that was changed on its way does not verify

  Scenario: Tried again, then delivered
    Given the partner's endpoint answers 500
    When the merchant renames the lamp to "First"
    Then the delivery waits after 1 attempt
    When the partner's endpoint is well again
    And the merchant asks for the next try at once
    Then the delivery is DELIVERED after 2 attempts
    And both attempts had one webhook-id

  Scenario: The schedule, and its end
    Given the partner's endpoint answers 500
    When the merchant renames the lamp to "First"
    Then the next try is planned after 30 seconds
    And after the others, each hurried, after 120, 300, 900 and 1800 seconds
    And the delivery is FAILED after 6 attempts
    And it is on the list of what was not delivered
    And an event tells that it was given up after 6 attempts

  Scenario: What waits keeps its order and holds up nothing else
    Given a chair at 50.00 USD, 10 in stock
    And the partner's endpoint answers 500 to news of the lamp
    When the merchant renames the lamp to "First"
    And the merchant renames the lamp to "Second"
    And the merchant renames the chair to "Third"
    Then the partner hears "Third" of the chair
    And the partner hears "First" of the lamp
    When the partner's endpoint is well again
    And the merchant asks for the next try at once
    Then the partner hears "First, First, Second" of the lamp

  Scenario: An endpoint that is gone is left alone, and caught up with later
    Given the merchant reads the shop's chat
    And the partner's endpoint answers 410
    When the merchant renames the lamp to "First"
    And the merchant renames the lamp to "Second"
    Then the subscription is DISABLED
    And the chat says that it is disabled, because it is GONE
    When the partner's endpoint is well again
    And the merchant enables the subscription
    Then the partner hears "First, First, Second" of the lamp
