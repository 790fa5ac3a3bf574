Feature: Cart
  What shoppers collect becomes one order, also where they began without a login.

  Background:
    Given a lamp at 12.50 USD, 10 in stock
    And a chair at 4.00 USD, 5 in stock

  Scenario: From the cart to the paid order
    When Ada puts 1 lamp and 2 chairs into her cart
    And Ada puts 1 lamp into her cart
    Then her cart holds 2 lamps and 2 chairs, and costs 33.00
    And 10 lamps are on hand, 0 of them reserved
    When Ada checks her cart out
    Then the order is PENDING and costs 33.00 USD
    And 10 lamps are on hand, 2 of them reserved
    When Ada pays
    Then the order becomes PAID
    And 3 chairs are on hand, 0 of them reserved

  Scenario: A visitor logs in, and what she has chosen goes along
    Given Ada puts 1 chair into her cart
    And a visitor puts 1 chair and 2 lamps into a cart
    When the visitor tries to check the cart out
    Then it is refused with 401 UNAUTHENTICATED
    When the visitor turns out to be Ada
    Then her cart holds 2 chairs and 2 lamps, and costs 33.00
    And the visitor's cart is gone
    When Ada checks her cart out
    Then the order is PENDING and costs 33.00 USD

  Scenario: A visitor's cart becomes the customer's own where she has none
    Given a visitor puts 2 lamps into a cart
    When the visitor turns out to be Ada
    Then her cart holds 2 lamps, and costs 25.00

  Scenario: Checked out once
    Given Ada puts 1 lamp into her cart
    And Ada checks her cart out
    When Ada tries to check her cart out
    Then it is refused with 409 CART_CHECKED_OUT
    And Ada finds the order in her list as PENDING
    And 10 lamps are on hand, 1 of them reserved

  Scenario: The reply to the checkout got lost
    Given Ada puts 1 lamp into her cart
    When Ada checks her cart out, and sends it again because the reply got lost
    Then it is the same order
    And 10 lamps are on hand, 1 of them reserved

  Scenario: Somebody else's cart
    Given Ada puts 1 lamp into her cart
    When Bob looks into her cart
    Then it is refused with 404 CART_NOT_FOUND

  Scenario: More than there is
    Given Ada puts 6 chairs into her cart
    When Ada tries to check her cart out
    Then it is refused with 409 INSUFFICIENT_STOCK
    And 5 chairs are on hand, 0 of them reserved
    When Ada wants 5 chairs instead
    And Ada checks her cart out
    Then the order is PENDING and costs 20.00 USD

  Scenario: The cart shows what things cost today
    Given Ada puts 1 lamp into her cart
    When an admin sets the price of the lamp to 9.00
    Then her cart comes to cost 9.00

  Scenario: Two tabs, one cart
    Given Ada puts 1 lamp into her cart
    When two tabs change her cart, both having seen the same version
    Then one of them is told 409 VERSION_CONFLICT with the version that it is
