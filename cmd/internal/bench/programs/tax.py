import os
from decimal import Decimal


def main():
    n = int(os.environ.get("N", "0"))
    price, more, percent = Decimal("99.95"), Decimal("10.25"), Decimal("0.05")
    total = Decimal(0)
    i = 0
    while i < n:
        amount = price + more
        amount = amount - i
        total = total + amount * percent
        i = i + 1
    print(total)


main()
