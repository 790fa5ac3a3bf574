Feature: Messages
  Customers hear of their orders where, how and in which language they want to; what is not sent is not lost without a word.

  Background:
    Given a lamp at 20.00 USD, 10 in stock

  Scenario: Ordered and paid
    Given Ada reads her mail
    When Ada orders 1 lamp
    And Ada pays
    Then Ada has the mail "We have your order"
    And Ada has the mail "is paid"

  Scenario: In her own language
    Given Ada reads her mail in de-AT
    When Ada orders 1 lamp
    Then Ada has the mail "Ihre Bestellung"

  Scenario: Who wants no mail gets none
    Given Ada wants no mail
    When Ada orders 1 lamp
    Then the shop notes that order-created by EMAIL is SUPPRESSED, because PREFERENCE
    And Ada has no mail

  Scenario: Nobody knows where she is
    When Ada orders 1 lamp
    Then the shop notes that order-created by EMAIL is SUPPRESSED, because NO_ADDRESS

  Scenario: By another channel, too
    Given Ada wants mail and SMS
    When Ada orders 1 lamp
    Then Ada has the mail "We have your order"
    And Ada has an SMS about the order

  Scenario: The mail server is away: it comes later, and once
    Given Ada reads her mail
    And the mail server is away for one message
    When Ada orders 1 lamp
    Then Ada has the mail "We have your order"
    And it took 2 attempts

  Scenario: The store hears in its chat of what runs out
    Given the merchant reads the shop's chat
    And the merchant wants lamps to be reordered at 5
    When a terminal takes 6 lamps
    Then the chat says that lamps are low

  Scenario: The store's own words
    Given Ada reads her mail in de-AT
    And the merchant writes "Servus, {{orderId}}" over mails of canceled orders in de-AT
    When Ada orders 1 lamp
    And Ada cancels the order
    Then Ada has the mail "Servus"
