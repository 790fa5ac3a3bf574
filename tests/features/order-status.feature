Feature: The status of an order, as it happens
  Who listens is told the present status first and then every change in its order, and nothing of anybody else's.

  Background:
    Given a lamp at 20.00 USD, 10 in stock

  Scenario: From the present status to the last
    Given Ada orders 1 lamp
    When Ada watches the order
    Then Ada is told PENDING
    When Ada pays
    Then Ada is told PENDING, PAYMENT_PENDING, PAID

  Scenario: All of one's own orders, those that are yet to come as well
    Given Ada watches her orders
    When Ada orders 1 lamp
    And Ada pays
    Then Ada is told PENDING, PAYMENT_PENDING, PAID

  Scenario: Who comes late is told how things stand
    Given Ada orders 1 lamp
    And Ada watches the order
    And Ada is told PENDING
    And Ada pays
    And Ada is told PENDING, PAYMENT_PENDING, PAID
    When Ada's connection breaks
    And Ada watches the order
    Then Ada is told PAID

  Scenario: A connection that breaks costs nothing
    Given Ada orders 1 lamp
    And Ada watches the order
    And Ada is told PENDING
    When Ada's connection breaks
    And Ada pays
    And Ada comes back and says that she knows PENDING
    Then Ada is told PAYMENT_PENDING, PAID

  Scenario: Somebody else's order is none
    Given Ada orders 1 lamp
    When Bob watches the order
    Then Bob is refused NOT_FOUND
    When Ada pays
    And Ada finds the order in her list as PAID
    Then Bob was told nothing

  Scenario: What is no message is refused, and the connection stays
    Given Ada orders 1 lamp
    When Ada says "good morning" to the service
    Then Ada is refused MALFORMED_MESSAGE
    When Ada watches the order
    Then Ada is told PENDING

  Scenario: Nobody listens without a token
    When a stranger wants to listen
    Then the stranger is not let in
