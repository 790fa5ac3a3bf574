Feature: The graph
  One question is answered by all services together, under the rules that each of them has.

  Background:
    Given a lamp at 25.00 USD, 10 in stock

  Scenario: A shopper's whole way
    When Ada asks the graph for the lamp
    Then it costs 25.00, and 10 are for sale
    When Ada orders 2 lamps from a cart of the graph
    Then the order is PENDING and costs 50.00 USD
    When Ada pays in the graph
    Then the order becomes PAID
    And in the graph her only order is that of 2 lamps, PAID
    And 8 lamps are on hand, 0 of them reserved

  Scenario: Somebody else's order is none
    Given Ada orders 1 lamp
    When Bob asks the graph for the order
    Then the graph refuses it as ORDER_NOT_FOUND

  Scenario: A price of one's own
    When Ada sets the price of the lamp to 1.00 in the graph
    Then the graph refuses it as FORBIDDEN
    And the lamp's page shows 25.00

  Scenario: What there is behind the graph stays behind it
    When Ada asks the graph for orders, their outbox and their table
    Then the graph refuses it as GRAPHQL_VALIDATION_FAILED
    And it names nothing but what was asked for
