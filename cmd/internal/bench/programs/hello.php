<?php
header('Content-Type: text/plain; charset=utf-8');
echo "வணக்கம்\n";
