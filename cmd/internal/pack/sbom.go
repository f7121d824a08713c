package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The part of CycloneDX 1.5 (ECMA-424) that is written here.
type (
	sbom struct {
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string      `json:"type"`
		Ref        string      `json:"bom-ref"`
		Name       string      `json:"name"`
		Version    string      `json:"version"`
		PURL       string      `json:"purl,omitempty"`
		Hashes     []hash      `json:"hashes,omitempty"`
		Licences   []licence   `json:"licenses,omitempty"`
		Properties []property  `json:"properties,omitempty"`
		Components []component `json:"components,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	licence struct {
		Licence struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn,omitempty"`
	}
)

// bill returns what the packages of an architecture are made of, as CycloneDX
// JSON: both binaries with their checksums, and all modules linked into them.
func (p *packer) bill(arch string) ([]byte, error) {
	modules, err := p.modules(arch)
	if err != nil {
		return nil, err
	}
	version := packageVersion(p.Version)
	whole := component{Type: "application", Name: "etamild", Version: version, Licences: licences("Apache-2.0"),
		PURL: fmt.Sprintf("pkg:deb/etamild@%s-1?arch=%s", version, arch)}
	whole.Ref = whole.PURL
	all := sha256.New()
	fmt.Fprintln(all, whole.Ref)
	for _, name := range []string{"etamil", "etamild"} {
		content, err := os.ReadFile(filepath.Join(p.path("bin-"+arch), name))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		all.Write(sum[:])
		whole.Components = append(whole.Components, component{Type: "application", Ref: "/usr/bin/" + name, Name: name, Version: p.Version,
			Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}}})
	}
	b := sbom{Format: "CycloneDX", Spec: "1.5", Version: 1,
		Metadata: metadata{p.Time.UTC().Format(time.RFC3339), whole}}
	root := dependency{Ref: whole.Ref}
	for _, m := range modules {
		c := component{Type: "library", Name: m.path, Version: m.version, Licences: licences(m.licence)}
		if c.PURL = "pkg:golang/" + m.path + "@" + m.version; m.sum != "" {
			c.Properties = []property{{"etamil:go.sum", m.sum}}
		}
		c.Ref = c.PURL
		b.Components = append(b.Components, c)
		b.Dependencies = append(b.Dependencies, dependency{Ref: c.Ref})
		root.On = append(root.On, c.Ref)
	}
	b.Dependencies = append([]dependency{root}, b.Dependencies...)
	// RFC 9562, section 5.8: of what is described, so that the same packages
	// have the same bill.
	id := all.Sum(nil)[:16]
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

func licences(name string) []licence {
	var l licence
	l.Licence.ID = name
	return []licence{l}
}
