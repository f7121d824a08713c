package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"etamil/cmd/internal/config"
	"etamil/nginx"
)

// firstProgram is what a new installation serves, so that the first request is
// answered with something.
const firstProgram = "/usr/share/etamil/hello/main.qmz"

// sampleConfig returns etamild.toml as it is installed.
func sampleConfig() (string, error) {
	was := regexp.MustCompile(`(?m)^#program = .*$`)
	text := config.Sample()
	if n := len(was.FindAllString(text, -1)); n != 1 {
		return "", fmt.Errorf("the sample of the settings has #program %d times, want once", n)
	}
	return was.ReplaceAllLiteralString(text, `program = "`+firstProgram+`"`), nil
}

// siteHead replaces the opening comment of the site, which tells where the file
// goes in a checkout.
const siteHead = `# nginx site of one etamild application: give it your server_name, then
#
#   ln -s /etc/etamil/nginx/etamil.conf /etc/nginx/sites-enabled/     (Debian)
#   ln -s /etc/etamil/nginx/etamil.conf /etc/nginx/conf.d/            (others)
#   nginx -t && systemctl reload nginx
#
# For a second application copy this file and change three places: the name of the upstream (twice), its socket
# (/run/etamil/NAME.sock), and server_name.
`

// site writes the nginx site as it is installed.
func (p *packer) site() error {
	_, body, ok := strings.Cut(nginx.SiteFile, "\n\nupstream ")
	const include = "include etamil_params;"
	if !ok || strings.Count(body, include) != 1 {
		return fmt.Errorf("nginx/etamil.conf must begin with a comment and have %q once", include)
	}
	body = strings.Replace(body, include, "include /etc/etamil/nginx/etamil_params;", 1)
	return p.write("made/nginx/etamil.conf", []byte(siteHead+"\nupstream "+body))
}

// documents writes the sample of the settings, the changelogs and the copyright.
func (p *packer) documents() error {
	sample, err := sampleConfig()
	if err != nil {
		return err
	}
	if err := p.write("made/etamild.toml", []byte(sample)); err != nil {
		return err
	}
	changes, err := os.ReadFile("docs/CHANGELOG.md")
	if err != nil {
		return err
	}
	packed, err := gz(changes)
	if err != nil {
		return err
	}
	if err := p.write("made/changelog.gz", packed); err != nil {
		return err
	}
	// deb-changelog(5)
	entry := fmt.Sprintf("etamild (%s-1) unstable; urgency=medium\n\n  * What has changed is told in changelog.gz.\n\n -- %s  %s\n",
		packageVersion(p.Version), p.Maintainer, p.Time.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	if packed, err = gz([]byte(entry)); err != nil {
		return err
	}
	if err := p.write("made/changelog.Debian.gz", packed); err != nil {
		return err
	}
	text, err := p.copyright()
	if err != nil {
		return err
	}
	return p.write("made/copyright", text)
}
