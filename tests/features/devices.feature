Feature: Devices
  What a sensor counts becomes stock: once, however often it says it, and never below zero.

  Background:
    Given a lamp at 20.00 USD, 10 in stock
    And a sensor at the shelf

  Scenario: What is taken from the shelf
    When the sensor reports -2 lamps as number 1
    Then 8 lamps are on hand, 0 of them reserved

  Scenario: Late, twice and in another order
    When the sensor reports -3 lamps as number 2
    And the sensor reports -1 lamp as number 1
    And the sensor reports -3 lamps as number 2
    Then 6 lamps are on hand, 0 of them reserved
    And the shop knows 2 readings of the sensor and 1 repeat

  Scenario: More than there is waits for the next delivery
    When the sensor reports -12 lamps as number 1
    And the sensor reports -1 lamp as number 2
    Then 9 lamps are on hand, 0 of them reserved
    And a reading of -12 waits, because of NEGATIVE_STOCK
    When the sensor reports 5 lamps as number 3
    Then 2 lamps are on hand, 0 of them reserved
    And nothing of the sensor waits

  Scenario: Reserved pieces are not the sensor's to take
    Given Ada orders 8 lamps
    When the sensor reports -3 lamps as number 1
    Then a reading of -3 waits, because of NEGATIVE_STOCK
    And 10 lamps are on hand, 8 of them reserved

  Scenario: A number that is missing shows
    When the sensor reports -1 lamp as number 1
    And the sensor reports -1 lamp as number 3
    Then 8 lamps are on hand, 0 of them reserved
    And the shop misses 1 reading of the sensor
    When the sensor reports -1 lamp as number 2
    Then 7 lamps are on hand, 0 of them reserved
    And the shop misses 0 readings of the sensor

  Scenario: What cannot be read is kept for the operators
    When the sensor sends what nobody can read
    Then the operators find it as READING_INVALID, with its own words
    And 10 lamps are on hand, 0 of them reserved

  Scenario: A device speaks of stock, and of nothing else
    When the sensor publishes on a topic that is not its own
    Then the broker refuses it
