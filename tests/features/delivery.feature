Feature: Delivery
  What was paid is picked, sent in as many parcels as it takes, and can be followed to the door.

  Background:
    Given a lamp at 30.00 USD, 10 in stock
    And Ada orders 3 lamps
    And Ada pays

  Scenario: Nothing is sent that is not picked
    When the merchant sends 1 lamp by DHL
    Then it is refused with 422 NOT_TO_SHIP
    When the merchant picks 2 lamps
    Then the order becomes PAID
    When the merchant sends 2 lamps by DHL
    Then it is accepted
    When the merchant sends 1 lamp by DHL
    Then it is refused with 422 NOT_TO_SHIP

  Scenario: In two parcels
    Given the merchant fulfils the order
    When the merchant sends 1 lamp by UPS
    And the merchant sends what is left by FEDEX
    Then Ada sees 2 shipments, with 1 and 2 lamps, each with a number, a label and what it cost
    When the merchant sends what is left by FEDEX
    Then it is refused with 422 NOT_TO_SHIP

  Scenario Outline: To the door with <carrier>
    Given the merchant fulfils the order
    When the merchant sends 3 lamps by <carrier>
    And the carrier brings it
    Then Ada sees it DELIVERED, by way of PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED

    Examples:
      | carrier |
      | FEDEX   |
      | UPS     |
      | DHL     |

  Scenario: The carrier is away: the parcel waits, and goes
    Given the merchant fulfils the order
    And UPS is away
    When the merchant sends 3 lamps by UPS
    Then it is accepted
    When the carriers are back
    Then Ada's shipment gets its number

  Scenario: Who is not the merchant
    Given the merchant fulfils the order
    When Ada sends her lamps herself
    Then it is refused with 403 FORBIDDEN

  Scenario: A carrier that is none
    Given the merchant fulfils the order
    When somebody says without a signature that it was delivered
    Then it is refused with 400 CALLBACK_REFUSED
