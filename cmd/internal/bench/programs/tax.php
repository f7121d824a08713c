<?php
function main() {
    $n = (int) getenv('N');
    $price = '99.95';
    $more = '10.25';
    $total = '0';
    $i = 0;
    while ($i < $n) {
        $amount = bcadd($price, $more, 2);
        $amount = bcsub($amount, (string) $i, 2);
        $total = bcadd($total, bcmul($amount, '0.05', 4), 4);
        $i = $i + 1;
    }
    echo $total, "\n";
}
main();
