-- சொத்து வகைப்பாட்டின் விதிகள் (SQLite).
-- Rules of asset classification. The five rows are placeholders, no statement of what RBI's norms say: check each
-- against the norms in force and put their source into mUlam. சரிபார்த்தபின் mUlam மாற்றுக.
-- மீண்டும் மீண்டும் இயக்கலாம்: சரிபார்த்த நிரைகள் மாறாது. It can be run again: rows that were verified stay.

CREATE TABLE IF NOT EXISTS coqqu_viqimuRY (
  vakY TEXT NOT NULL, -- வகை · class
  nAtkaL_muqal INTEGER NOT NULL, -- நாள் முதல் · from day, included
  nAtkaL_varY INTEGER, -- நாள் வரை · to day, included; NULL = open
  oqukkItu_viziqam REAL NOT NULL, -- நூற்றுக்கு · out of a hundred
  amal_qotakkam TEXT NOT NULL, -- நடைமுறை முதல் · in force from, included
  amal_muDivu TEXT, -- நடைமுறை முடிவு · in force until, excluded; NULL = still
  mUlam TEXT NOT NULL -- மூலம் · source
);
CREATE UNIQUE INDEX IF NOT EXISTS coqqu_viqimuRY_orey ON coqqu_viqimuRY (nAtkaL_muqal, amal_qotakkam);

DELETE FROM coqqu_viqimuRY WHERE substr(mUlam, 1, 11) = 'PLACEHOLDER';

INSERT OR IGNORE INTO coqqu_viqimuRY (vakY, nAtkaL_muqal, nAtkaL_varY, oqukkItu_viziqam, amal_qotakkam, amal_muDivu, mUlam) VALUES
  ('Standard', 0, 90, 0.40, '2000-01-01', NULL, 'PLACEHOLDER: check against the norms of RBI'),
  ('Sub-standard', 91, 455, 15, '2000-01-01', NULL, 'PLACEHOLDER: check against the norms of RBI'),
  ('Doubtful 1', 456, 820, 25, '2000-01-01', NULL, 'PLACEHOLDER: check against the norms of RBI'),
  ('Doubtful 2', 821, 1550, 40, '2000-01-01', NULL, 'PLACEHOLDER: check against the norms of RBI'),
  ('Doubtful 3', 1551, NULL, 100, '2000-01-01', NULL, 'PLACEHOLDER: check against the norms of RBI');
