-- வரி விகிதங்களின் அட்டவணைகள் (SQLite). விகிதம் எதுவும் இல்லை: சட்டம் சொல்வதை இயக்குபவர் சேர்க்க வேண்டும்.
-- Tables of rates of tax. No rate is in them: what the law says, the operator adds, with its source in mUlam.
-- மீண்டும் மீண்டும் இயக்கலாம்: இல்லாதது மட்டும் சேரும். It can be run again: it adds only what is missing.

CREATE TABLE IF NOT EXISTS vari_viziqam (
  vari_vakY TEXT NOT NULL, -- வகை · kind: GST, TDS, PT …
  kuRi TEXT NOT NULL, -- குறி · HSN code, section, name of the band; may be empty
  mAnilam TEXT NOT NULL, -- மாநிலக் குறி · GST state code, empty for the whole country
  viziqam REAL, -- நூற்றுக்கு · out of a hundred
  nilYq_qokY REAL, -- நிலைத் தொகை · flat amount of a band
  varampu_muqal REAL NOT NULL DEFAULT 0, -- படியின் தொடக்கம் · band starts at
  varampu_varY REAL, -- படியின் முடிவு · band ends at, for people only
  amal_qotakkam TEXT NOT NULL, -- நடைமுறை முதல் · in force from, YYYY-MM-DD, included
  amal_muDivu TEXT, -- நடைமுறை முடிவு · in force until, excluded; NULL = still
  mUlam TEXT NOT NULL -- மூலம் · source
);
CREATE UNIQUE INDEX IF NOT EXISTS vari_viziqam_orey ON vari_viziqam (vari_vakY, kuRi, mAnilam, varampu_muqal, amal_qotakkam);
CREATE INDEX IF NOT EXISTS vari_viziqam_qEti ON vari_viziqam (vari_vakY, mAnilam, amal_qotakkam);

CREATE TABLE IF NOT EXISTS mAnilawkaL (
  kuRi TEXT NOT NULL, -- GST மாநிலக் குறி · GST state code
  peyar TEXT NOT NULL, -- பெயர் · name
  vakY TEXT NOT NULL, -- மாநிலம் / ஒன்றியப் பகுதி
  mUlam TEXT NOT NULL -- மூலம் · source; CHECK until somebody vouched for it
);
CREATE UNIQUE INDEX IF NOT EXISTS mAnilawkaL_kuRi ON mAnilawkaL (kuRi);

INSERT OR IGNORE INTO mAnilawkaL (kuRi, peyar, vakY, mUlam) VALUES
  ('01', 'Jammu and Kashmir', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('02', 'Himachal Pradesh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('03', 'Punjab', 'மாநிலம்', 'CHECK: GST state code list'),
  ('04', 'Chandigarh', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('05', 'Uttarakhand', 'மாநிலம்', 'CHECK: GST state code list'),
  ('06', 'Haryana', 'மாநிலம்', 'CHECK: GST state code list'),
  ('07', 'Delhi', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('08', 'Rajasthan', 'மாநிலம்', 'CHECK: GST state code list'),
  ('09', 'Uttar Pradesh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('10', 'Bihar', 'மாநிலம்', 'CHECK: GST state code list'),
  ('11', 'Sikkim', 'மாநிலம்', 'CHECK: GST state code list'),
  ('12', 'Arunachal Pradesh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('13', 'Nagaland', 'மாநிலம்', 'CHECK: GST state code list'),
  ('14', 'Manipur', 'மாநிலம்', 'CHECK: GST state code list'),
  ('15', 'Mizoram', 'மாநிலம்', 'CHECK: GST state code list'),
  ('16', 'Tripura', 'மாநிலம்', 'CHECK: GST state code list'),
  ('17', 'Meghalaya', 'மாநிலம்', 'CHECK: GST state code list'),
  ('18', 'Assam', 'மாநிலம்', 'CHECK: GST state code list'),
  ('19', 'West Bengal', 'மாநிலம்', 'CHECK: GST state code list'),
  ('20', 'Jharkhand', 'மாநிலம்', 'CHECK: GST state code list'),
  ('21', 'Odisha', 'மாநிலம்', 'CHECK: GST state code list'),
  ('22', 'Chhattisgarh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('23', 'Madhya Pradesh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('24', 'Gujarat', 'மாநிலம்', 'CHECK: GST state code list'),
  ('26', 'Dadra and Nagar Haveli and Daman and Diu', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('27', 'Maharashtra', 'மாநிலம்', 'CHECK: GST state code list'),
  ('29', 'Karnataka', 'மாநிலம்', 'CHECK: GST state code list'),
  ('30', 'Goa', 'மாநிலம்', 'CHECK: GST state code list'),
  ('31', 'Lakshadweep', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('32', 'Kerala', 'மாநிலம்', 'CHECK: GST state code list'),
  ('33', 'Tamil Nadu', 'மாநிலம்', 'CHECK: GST state code list'),
  ('34', 'Puducherry', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('35', 'Andaman and Nicobar Islands', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list'),
  ('36', 'Telangana', 'மாநிலம்', 'CHECK: GST state code list'),
  ('37', 'Andhra Pradesh', 'மாநிலம்', 'CHECK: GST state code list'),
  ('38', 'Ladakh', 'ஒன்றியப் பகுதி', 'CHECK: GST state code list');
