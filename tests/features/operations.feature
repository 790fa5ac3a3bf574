Feature: Operations
  Read models can be rebuilt, every surface is documented, and a fault leaves traces.

  Background:
    Given a lamp at 15.00 USD, 10 in stock

  Scenario: Every service says what it does
    Then every service documents each operation's replies and refusals

  Scenario: A request can be followed
    When Ada orders 1 lamp as correlation "feature-walk"
    Then every event of the order carries that correlation
