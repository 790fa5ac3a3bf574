Feature: Operations
  Read models can be rebuilt, every surface is documented, and a fault leaves traces.

  Background:
    Given a lamp at 15.00 USD, 10 in stock

  Scenario: The customers' orders are rebuilt from the events, and are the same
    Given Ada orders 1 lamp
    And Ada pays
    And Ada finds the order in her list as PAID
    When the operator rebuilds orders_by_customer and has it compared
    Then Ada finds the order in her list as PAID

  Scenario: Repeated failures open the breaker, success closes it
    Given the gateway's SOAP side is down
    When Ada orders 1 lamp
    And Ada pays
    Then the breaker over SOAP opens
    When the gateway is up again
    Then the breaker over SOAP closes as payments go through

  Scenario: Every service says what it does
    Then every service documents each operation's replies and refusals

  Scenario: A request can be followed
    When Ada orders 1 lamp as correlation "feature-walk"
    Then every event of the order carries that correlation
