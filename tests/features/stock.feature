Feature: Stock
  Many terminals change one stock; no change is lost and nothing goes below zero.

  Background:
    Given a lamp at 10.00 USD, 100 in stock

  Scenario: Many at once
    When 60 terminals take 1 lamp each at the same time
    Then 40 lamps are on hand, 0 of them reserved
    And the stock of lamps was changed 60 times

  Scenario: Two clerks who saw the same
    When two clerks count the lamps, both having seen the same version
    Then one of them is told 409 VERSION_CONFLICT with the version that it is

  Scenario: Never below zero
    When a terminal takes 101 lamps
    Then it is refused with 409 NEGATIVE_STOCK
    And 100 lamps are on hand, 0 of them reserved

  Scenario: A request that is sent twice
    When a terminal takes 5 lamps, and sends it again because the reply got lost
    Then 95 lamps are on hand, 0 of them reserved

  Scenario: From reserved to sold
    When a terminal reserves 4 lamps
    Then 100 lamps are on hand, 4 of them reserved
    When the reservation is confirmed
    Then 96 lamps are on hand, 0 of them reserved

  Scenario: Reserved and let go
    When a terminal reserves 4 lamps
    And the reservation is released
    Then 100 lamps are on hand, 0 of them reserved

  Scenario: The central view catches up
    When a terminal takes 7 lamps
    And the central view is synced
    Then the central view shows 93 lamps
    And nothing has drifted

  Scenario: What runs out is listed
    When the merchant wants lamps to be reordered at 20
    And a terminal takes 85 lamps
    Then lamps are on the list of what is low
