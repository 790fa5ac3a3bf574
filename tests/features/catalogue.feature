Feature: Catalogue
  What shoppers see is what the merchant has said last; each tenant sees its own.

  Background:
    Given a lamp at 12.00 USD, 3 in stock

  Scenario: From the list to the product
    When Ada looks through the products
    Then she finds the lamp, and its page says the same

  Scenario: Found in spite of a slip of the pen
    When Ada looks for the lamp with a letter wrong
    Then she finds the lamp

  Scenario: A new price is seen at once, and the old one is remembered
    When an admin sets the price of the lamp to 9.50
    Then the lamp's page shows 9.50
    And the lamp's price history is 9.50, 12.00
    And orders of the lamp cost 9.50 USD

  Scenario: Prices are not for merchants to override
    When the merchant sets the price of the lamp to 1.00
    Then it is refused with 403 FORBIDDEN
    And the lamp's page shows 12.00

  Scenario: Two editors who saw the same
    When two editors rename the lamp, both having seen the same version
    Then one of them is told 409 VERSION_CONFLICT with the version that it is

  Scenario: A SKU is taken once in a tenant, and free in another
    When the merchant adds another product with the lamp's SKU
    Then it is refused with 409 SKU_TAKEN
    When a merchant of another tenant adds a product with the lamp's SKU
    Then it is accepted

  Scenario: Other tenants see nothing of it
    Given Ada orders 1 lamp
    Then in another tenant there is no such lamp, stock or order
    And nobody of another tenant can order the lamp
