Feature: What the whole must do
  The five things by which the domain counts as complete.

  Background:
    Given a lamp at 20.00 USD, 10 in stock

  Scenario: The way of an order to its notifications, in real time, can be traced
    Given Ada reads her mail
    And Ada watches her orders
    When Ada orders 1 lamp
    And Ada pays
    Then Ada is told PENDING, PAYMENT_PENDING, PAID
    And Ada has the mail "is paid"
    And the trace of the order leads to its projections and to the mail

  Scenario: A change of stock that comes as an event is seen in the snapshot
    Given a sensor at the shelf
    When the sensor reports 27 lamps as number 1
    Then the central view comes to show 37 lamps

  Scenario: Payments that fail are tried again, and open the circuit
    Given the gateway's SOAP side is down
    When Ada orders 1 lamp
    And Ada pays
    Then her payment was tried more than once
    And the breaker over SOAP opens
    When the gateway is up again
    Then the breaker over SOAP closes as payments go through

  Scenario: A replay makes the customers' orders again, with parity
    Given Ada orders 1 lamp
    And Ada pays
    And Ada finds the order in her list as PAID
    When the operator rebuilds orders_by_customer and has it compared
    Then Ada finds the order in her list as PAID
    And the certificate says that both are equal

  Scenario: The graph answers with a product and its stock together
    When Ada asks the graph for the lamp
    Then it costs 20.00, and 10 are for sale
