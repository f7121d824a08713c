<?php
// What examples/ledger does for POST /entries and GET /balance-sheet: the same checks, statements and answers.
// LEDGER_DSN, LEDGER_PERSISTENT and LEDGER_PREPARED
// come from nginx.
function fail(string $where, string $ta, string $en): never {
    http_response_code(400);
    echo json_encode(['error' => "$ta ($en)", 'where' => $where], JSON_UNESCAPED_UNICODE);
    exit;
}

function text(array $record, string $field, string $where, string $default): string {
    $value = $record[$field] ?? $default;
    if (!is_string($value)) fail($where === '' ? $field : "$where.$field", 'உரை தேவை', 'a text is needed');
    return $value;
}

function connect(): PDO {
    $lite = str_starts_with($_SERVER['LEDGER_DSN'], 'sqlite:');
    $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC];
    if ($_SERVER['LEDGER_PERSISTENT'] === '1') $options[PDO::ATTR_PERSISTENT] = true;
    if ($lite) $options[PDO::ATTR_TIMEOUT] = 5;
    else $options[PDO::PGSQL_ATTR_DISABLE_PREPARES] = $_SERVER['LEDGER_PREPARED'] !== '1';
    $db = new PDO($_SERVER['LEDGER_DSN'], null, null, $options);
    if ($lite) $db->exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL');
    return $db;
}

function rows(PDO $db, string $sql, array $parameters): array {
    $statement = $db->prepare($sql);
    $statement->execute($parameters);
    return $statement->fetchAll();
}

header('Content-Type: application/json');
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $entry = json_decode(file_get_contents('php://input'), true);
    if (json_last_error() !== JSON_ERROR_NONE) fail('', 'JSON அல்ல', 'no JSON');
    if (!is_array($entry) || array_is_list($entry)) fail('', 'பொருள் {…} தேவை', 'an object {…} is needed');
    $day = text($entry, 'day', '', date('Y-m-d'));
    if (!preg_match('/^(\d{4})-(\d\d)-(\d\d)$/D', $day, $m) || !checkdate((int) $m[2], (int) $m[3], (int) $m[1]))
        fail('day', 'நாள் 2026-04-01 போல இருக்க வேண்டும்', 'a day is written as 2026-04-01');
    $note = text($entry, 'note', '', '');
    if (preg_match_all('/./us', $note) > 200) fail('note', '200 எழுத்துகளுக்கு மேல் கூடாது', 'at most 200 letters');
    $lines = $entry['lines'] ?? null;
    if (!is_array($lines) || !array_is_list($lines)) fail('lines', 'வரிகளின் பட்டியல் [ … ] தேவை', 'an array of lines is needed');
    if (count($lines) < 2 || count($lines) > 100) fail('lines', '2 முதல் 100 வரிகள் வேண்டும்', 'from 2 to 100 lines are needed');
    $accounts = $amounts = [];
    foreach ($lines as $i => $line) {
        if (!is_array($line) || array_is_list($line)) fail("lines[$i]", 'பொருள் {…} தேவை', 'an object {…} is needed');
        $accounts[] = text($line, 'account', "lines[$i]", '');
        $amount = $line['amount'] ?? null;
        if (!is_int($amount) && !is_float($amount)) fail("lines[$i].amount", 'எண் தேவை', 'a number is needed');
        if ($amount < -10000000000 || $amount > 10000000000) fail("lines[$i].amount", '-10000000000 முதல் 10000000000 வரை இருக்க வேண்டும்', 'must be from -10000000000 to 10000000000');
        $paise = (int) round($amount * 100);
        if (abs($amount * 100 - $paise) > 1e-4) fail("lines[$i].amount", 'தசம இடங்கள் 2-க்கு மேல் கூடாது', 'at most 2 decimals');
        if ($paise === 0) fail("lines[$i].amount", '0 கூடாது', 'must not be 0');
        $amounts[] = $paise;
    }
    if (($sum = array_sum($amounts)) !== 0) fail('lines', 'பற்றும் வரவும் சமமில்லை; வேறுபாடு ' . $sum / 100, 'debits and credits differ by ' . $sum / 100);

    $db = connect();
    $places = implode(', ', array_fill(0, count($accounts), '?'));
    $known = array_column(rows($db, "SELECT code FROM accounts WHERE code IN ($places)", $accounts), 'code', 'code');
    foreach ($accounts as $i => $account)
        if (!isset($known[$account])) fail("lines[$i].account", "'$account' என்ற கணக்கு இல்லை", "there is no account '$account'");
    $db->exec(str_starts_with($_SERVER['LEDGER_DSN'], 'sqlite:') ? 'BEGIN IMMEDIATE' : 'BEGIN');
    $no = rows($db, 'INSERT INTO entries (day, note) VALUES (?, ?) RETURNING no', [$day, $note])[0]['no'];
    $parameters = [];
    foreach ($accounts as $i => $account) array_push($parameters, $no, $account, $amounts[$i]);
    $statement = $db->prepare('INSERT INTO lines (entry, account, paise) VALUES ' . implode(', ', array_fill(0, count($accounts), '(?, ?, ?)')));
    $statement->execute($parameters);
    $db->exec('COMMIT');
    http_response_code(201);
    echo json_encode(['no' => $no, 'day' => $day, 'lines' => count($lines)], JSON_UNESCAPED_UNICODE);
    exit;
}

$total = ['asset' => 0, 'liability' => 0, 'capital' => 0, 'income' => 0, 'expense' => 0];
$parts = ['asset' => [], 'liability' => [], 'capital' => []];
foreach (rows(connect(), 'SELECT a.code AS code, a.name AS name, a.kind AS kind, coalesce(sum(l.paise), 0) AS paise FROM accounts a LEFT JOIN lines l ON l.account = a.code GROUP BY a.code, a.name, a.kind ORDER BY a.code', []) as $row) {
    $paise = (int) $row['paise'];
    $total[$row['kind']] += $paise;
    if (isset($parts[$row['kind']]) && $paise !== 0)
        $parts[$row['kind']][] = ['account' => $row['code'], 'name' => $row['name'], 'amount' => ($row['kind'] === 'asset' ? $paise : -$paise) / 100];
}
$profit = -$total['income'] - $total['expense'];
echo json_encode([
    'assets' => $parts['asset'], 'liabilities' => $parts['liability'], 'capital' => $parts['capital'],
    'totals' => ['assets' => $total['asset'] / 100, 'liabilities' => -$total['liability'] / 100, 'capital' => -$total['capital'] / 100, 'profit' => $profit / 100],
    'difference' => ($total['asset'] + $total['liability'] + $total['capital'] - $profit) / 100,
], JSON_UNESCAPED_UNICODE);
