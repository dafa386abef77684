// The two RSA keys that fake-sso signs with. PUBLIC TEST KEYS, WORTH NOTHING: their private halves
// stand here for everybody to read, so a signature of theirs proves nothing, and nothing but a
// test may trust them. Two of them, so that one can follow the other.
// Made once by `openssl genrsa 2048`; the numbers are those of a JWK, RFC 7518 §6.3.

/// A key pair whose private half is public; each number is big-endian, in base64url.
struct PublicTestKey: Sendable {
  /// The modulus, n.
  let modulus: String
  /// The primes, p and q.
  let firstPrime: String
  let secondPrime: String
  /// The private exponent modulo p - 1 and modulo q - 1, dp and dq.
  let firstExponent: String
  let secondExponent: String
  /// The inverse of q modulo p, qi.
  let coefficient: String

  /// The public exponent of both keys, e = 65537.
  static let publicExponent = "AQAB"

  /// The first key.
  static let first = PublicTestKey(
    modulus: """
      sruxTj1FJ7GHny6jCcbnNEyhNqqiWxpT3ZuKKxfX67_XqpgEyHt0tgZkak1K1-iTd0WuXKPkT-XLsWEThJAShaJD\
      axAghWk1qkW1yPyJtt2nNuzoNDmDfIl499gAAS59eN4MibTazTdGoz01JFRZYAaq1c6WdAuuB99RTT1r-3tr6BrW\
      KVQU2BtSZogAAfq07aPMJ9cnIYu9kDa9v31ZI1BPiyptkxn7rUQ9TM7mUQJEJZ9MLPvKQn0Y1Rl0ePCL9WblQFnz\
      u6mJdkFmYcw5nlYscIcZRlJAhilhQvY1qGxO8-xLpGX0OLG1ZigcbHyq9P5AtaJzHuRaeGD85hnP5w
      """,
    firstPrime: """
      5d7LJzyZ4JnobegxjlSFCF4TIJpGHfgzjrmhW0pzg9biqm7OKjQe739VK5see0zV7pmghNqu7V55zbHo3TyxkXV5\
      iLLXgilO4iIQzOusiC3jjlhhX7EhVfoVO9mqm69NTMDzfksJbPNT_DI-LV9pBoWQkB-mq6KumrOrMQkOw0c
      """,
    secondPrime: """
      xwzQMThe4fS5HdLdJUeQ4wrU7fvy3OeESqcEK4bWVcj_CcvOhtL8Wr3BPbkG1VJ1Fwj0tjm3w1oauk51gN24rif8\
      2reZ-LSIMuCWDZgQulIVd9ookti8MIhjn7PH8tN10bJ85KkNFMRSK16IKj6qGZU5zZlX6EQkPte4U3MknmE
      """,
    firstExponent: """
      0SM0ngwqzAf7ShOZEq-fIY_Fw0HZTWcGMXJ-dbp1Apw9OWb6t7cX9jpZWQUWZIPxl9W6D2WPBXORSi31eWPBAmBp\
      JI_iNxAyLtdjha1eGb_2awnJ_fAALmMLcpqE-IQzxgM_BcZrWu6_mJJ1s3485awbbKT_VOT8CtAwjrp47f0
      """,
    secondExponent: """
      en51JMUnBvC-dw8MDuQS0tYYoXgaRj2nmPVdSJgLEPHHmbS1nRz8Na9u21ghT2gWLJ3TUs0EPJEXv62G_E32WB69\
      qa-xbm9THdQ-I5GAQdk_4uj7bRs5_LgCbwaJNvNRH0IzP9iU90G1u4DKVQ0JSwMddlw2z_YXRCEnCxvh3iE
      """,
    coefficient: """
      JX1pvQ8xTtnUIkMgNyqCYk6jYOILnsIojcYa_x6bkSjb4DZWaRZdqGB5FMSQiHQW-WiHWibjdvjEB-9zCwI5wc3Y\
      2iXmTk-yyxPRfNmO9vM7Ib9Tlfhi41ca0O32KUw40Q3m5rvzQ7h-Ah4tdrKY5IfApd5Wbkpz6J16dX1Fl9I
      """)

  /// The second key.
  static let second = PublicTestKey(
    modulus: """
      18x7qd0erL2P2ZE0WUsOYXSBBhhCRbMPfWcjmPLKyHBPvX34D3nrJtLMzdm3oUB-lY_7QzkGw0H_d0KSSCFrZYQK\
      gSHzI56geE6G4Az8IujJmnF20rmPPvIHziaoiPF_qmjJdMq8V-9FeJBvwQGoky-H_QhJhgO9L3InWFjkk2nzwKYl\
      GiJZaphnUTclENkqbxr2DwVVpYQQR_pXxvkeNVbdQfllfdPfPLdCs-05Jot9jn8iHz6jRhROmXq68kmd9MZwPHvb\
      9iddX6KFvr9QLZnWNX5S09gUnMoPAQ1uWUmcmASPtWsDDxBUuO0_6QRR4QcMSnMwZUU5880yktLvkw
      """,
    firstPrime: """
      97ITDSwtAXiYDZ9YzbQOl8I8C6td8Dc5LH5WVMujuYfstWrY2xI1WFzwunEx11usgugHyIMLO7TPLwIOyhhakXmb\
      t_Cly_OoIIf5lfgXzZoCeXtDaGWZY6ChIzUmHfTBNWdHfMBsb2J91AFTsU0pTzvSbrKLX8zHd-HT1cbg-nc
      """,
    secondPrime: """
      3wik2ceMo7P8is4wV7AsWJ1haqz1cexWjXyFmnUJ8KLZ4_0fkrHCVjwbdGz0cKl3v9TNrbD6eAJuDm08Gyj5xbUM\
      crAlFunJ0jOibC0ZkZKxNdCnalh8DY9cJ3QxaPEI4SXxWXSJPHdCNXcNcnzUce86EFyF_u45pESerCY53sU
      """,
    firstExponent: """
      VOb1IM7Dnn13oTO9fMT7O4mYi2dyC6TiNB4Z-XbT6ARvXsABFRZosqEo4r9qFieWOkjOYiyI7S5M1hAegadXZAYL\
      GkGikwYx2vTA2GbxwcfIkVtu_5nTuhKVKTxOlHYQw_1iw6Axivx3pPPPfDa2sjIPL2KD45KNzMnbkqtY8oE
      """,
    secondExponent: """
      tHy_QwmsM1HVHdLr5hpIWNHLYtNisPWLuWW6jJsIFzcCUvClG0ZEuRpdMWN2kLFjmdaxN00P9AwrWftl96i6MBdq\
      YmlPKnK5AyUL3LTGizqFs8INqQ7AHQ0Vi0wJLB5ajDDzVevrnwX3i2KzfCGuniD1AQaO3RWVieyJ50_r5u0
      """,
    coefficient: """
      85CbzzKrHtWU8vXdnBNpS2ilyW3MixwN4hcU8ArqfoBMIHFNMr8rzCxgzp0y_QP44U6JQLj_6SNpbHtSY-ahung5\
      LdVPvnSDBaOTLIj4e-xH22UHIaEoKZGzqPMqrwza2XT_eMVNLXPsR5M9EbIlW4wBcShxudWo9qNDp4GEqJg
      """)
}
