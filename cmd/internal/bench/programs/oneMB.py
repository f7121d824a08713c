import json, os, sys


def main():
    values = [{"id": i, "item": "நோட்டுப் புத்தகம்", "rate": i * 1.25, "paid": True, "tags": ["அ", "b"]} for i in range(9000)]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    read = os.environ.get("MODE") == "read"
    for _ in range(int(os.environ.get("N", "0"))):
        if read:
            values = json.loads(text)
        else:
            text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode())


main()
