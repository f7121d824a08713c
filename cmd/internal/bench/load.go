package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// answered is what a load generator saw of one run.
type answered struct {
	perSecond float64
	p50, p99  float64 // milliseconds
	slowest   float64 // milliseconds; wrk only
	failed    int     // requests without an answer, or with another than 2xx
}

// wrk keeps connections busy for a while, each kept open from request to
// request. script is a file for it, "" for plain GETs.
func wrk(url string, connections int, duration time.Duration, script string) (answered, error) {
	args := []string{"--latency", "--timeout", "10s", "-t2", fmt.Sprintf("-c%d", connections), fmt.Sprintf("-d%ds", max(1, int(duration.Seconds())))}
	if script != "" {
		args = append(args, "-s", script)
	}
	out, err := exec.Command("wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return answered{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return parseWrk(out)
}

var (
	wrkRate    = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkLatency = regexp.MustCompile(`(?m)^\s+(50|99)%\s+([\d.]+)(us|ms|s|m) *$`)
	wrkSlowest = regexp.MustCompile(`(?m)^\s+Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)\s`)
	wrkNon2xx  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkErrors  = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

func parseWrk(out []byte) (a answered, err error) {
	rate := wrkRate.FindSubmatch(out)
	latency := wrkLatency.FindAllSubmatch(out, -1)
	slowest := wrkSlowest.FindSubmatch(out)
	if rate == nil || len(latency) != 2 || slowest == nil {
		return a, fmt.Errorf("wrk printed what is not understood:\n%s", out)
	}
	a.perSecond = parse(rate[1])
	unit := map[string]float64{"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}
	a.p50 = parse(latency[0][2]) * unit[string(latency[0][3])]
	a.p99 = parse(latency[1][2]) * unit[string(latency[1][3])]
	a.slowest = parse(slowest[1]) * unit[string(slowest[2])]
	for _, m := range []*regexp.Regexp{wrkNon2xx, wrkErrors} {
		if found := m.FindSubmatch(out); found != nil {
			for _, n := range found[1:] {
				a.failed += int(parse(n))
			}
		}
	}
	return a, nil
}

// ab sends requests, each over a connection of its own.
func ab(url string, requests, connections int) (answered, error) {
	var out, stderr bytes.Buffer
	cmd := exec.Command("ab", "-q", "-n", fmt.Sprint(requests), "-c", fmt.Sprint(connections), url)
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return answered{}, fmt.Errorf("ab: %w\n%s", err, &stderr)
	}
	return parseAB(out.Bytes())
}

var (
	abRate    = regexp.MustCompile(`Requests per second:\s+([\d.]+)`)
	abFailed  = regexp.MustCompile(`Failed requests:\s+(\d+)`)
	abNon2xx  = regexp.MustCompile(`Non-2xx responses:\s+(\d+)`)
	abLatency = regexp.MustCompile(`(?m)^\s+(50|99)%\s+(\d+)`)
)

func parseAB(out []byte) (a answered, err error) {
	rate, failed, latency := abRate.FindSubmatch(out), abFailed.FindSubmatch(out), abLatency.FindAllSubmatch(out, -1)
	if rate == nil || failed == nil || len(latency) != 2 {
		return a, fmt.Errorf("ab printed what is not understood:\n%s", out)
	}
	a.perSecond, a.failed = parse(rate[1]), int(parse(failed[1]))
	if non2xx := abNon2xx.FindSubmatch(out); non2xx != nil {
		a.failed += int(parse(non2xx[1]))
	}
	a.p50, a.p99 = parse(latency[0][2]), parse(latency[1][2])
	return a, nil
}

// parse reads digits that a pattern has found.
func parse(digits []byte) float64 {
	x, err := strconv.ParseFloat(string(digits), 64)
	if err != nil {
		panic("BUG: the pattern let through " + string(digits))
	}
	return x
}
