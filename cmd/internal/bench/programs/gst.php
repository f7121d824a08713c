<?php
// What gst.qmz does, with bcmath. bcadd cuts, so half a paisa is added first; all amounts are positive.
$lines = [];
$amounts = $taxes = '0';
foreach (json_decode(file_get_contents('php://input'), true)['lines'] as $line) {
    $amount = bcadd(bcmul((string) $line['quantity'], (string) $line['rate'], 6), '0.005', 2);
    $tax = bcadd(bcdiv(bcmul($amount, (string) $line['gst'], 4), '100', 6), '0.005', 2);
    $lines[] = ['item' => $line['item'], 'taxable' => $amount, 'tax' => $tax, 'total' => bcadd($amount, $tax, 2)];
    $amounts = bcadd($amounts, $amount, 2);
    $taxes = bcadd($taxes, $tax, 2);
}
header('Content-Type: application/json');
echo json_encode(['lines' => $lines, 'taxable' => $amounts, 'tax' => $taxes, 'total' => bcadd($amounts, $taxes, 2)], JSON_UNESCAPED_UNICODE);
