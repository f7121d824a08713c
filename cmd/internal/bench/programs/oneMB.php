<?php
function main() {
    $values = [];
    for ($i = 0; $i < 9000; $i++) {
        $values[] = ['id' => $i, 'item' => 'நோட்டுப் புத்தகம்', 'rate' => $i * 1.25, 'paid' => true, 'tags' => ['அ', 'b']];
    }
    $text = json_encode($values, JSON_UNESCAPED_UNICODE);
    $read = getenv('MODE') === 'read';
    for ($n = (int) getenv('N'); $n > 0; $n--) {
        if ($read) {
            $values = json_decode($text, true);
        } else {
            $text = json_encode($values, JSON_UNESCAPED_UNICODE);
        }
    }
    echo $text;
}
main();
