<?php

$db = new PDO(sprintf('pgsql:host=%s;dbname=%s', getenv('DB_HOST'), getenv('DB_NAME')), getenv('DB_USER'), getenv('DB_PASSWORD'));
$db->exec('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)');

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $db->prepare('INSERT INTO notes (text) VALUES (?)')->execute([$_POST['text']]);
    header('Location: /', true, 303);
    exit;
}

$title = 'Notes';
$notes = $db->query('SELECT text FROM notes ORDER BY id')->fetchAll(PDO::FETCH_COLUMN);
?>
<h1><?= $title ?></h1>
<form method="post"><input name="text"><button>Add</button></form>
<ul>
<?php foreach ($notes as $text): ?>
  <li><?= htmlspecialchars($text) ?></li>
<?php endforeach ?>
</ul>
