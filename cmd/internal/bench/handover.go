package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"etamil/cmd/internal/control"
	"etamil/cmd/internal/stand"
	"etamil/nginx"
)

// The sides of the part about handovers: both are the same daemon.
const (
	calm    = "without"
	renewed = "12 handovers"
)

const (
	handovers = 12
	// handoverTime is the least that a round of handovers takes: one a
	// second, which leaves time to be slow between them.
	handoverTime = handovers * time.Second
	// wantedTail is how much longer the slowest hundredth of the requests may
	// take while processes change.
	wantedTail = 3
)

// successor is the process to which the daemon handed over last. It is no child
// of ours, so nobody ends it when we are gone; 0: none.
var successor atomic.Int64

// endSuccessor ends it at once.
func endSuccessor() {
	if pid := successor.Load(); pid > 0 {
		syscall.Kill(int(pid), syscall.SIGKILL)
	}
}

// handover measures what clients notice when new processes take the daemon's
// place, one after the other, while they POST on kept connections.
func (b *bench) handover() (err error) {
	const connections = 64
	address, err := stand.FreeAddress()
	if err != nil {
		return err
	}
	url, socket := "http://"+address+"/", b.stand.Socket("control")
	daemon, err := b.stand.Etamild(filepath.Join(b.bin, "etamild"), "app", b.file("gst.qmz"), "--access-log", "off", "--control", socket)
	if err != nil {
		return err
	}
	front, err := b.stand.Nginx(nginx.Options{Sites: []nginx.Site{{Name: "app", Listen: address, Socket: b.stand.Socket("app")}}})
	if err != nil {
		return errors.Join(err, b.stand.End(daemon))
	}
	defer func() {
		err = errors.Join(err, b.endHandedOver(daemon, socket), b.stand.End(front))
	}()
	body := invoiceLines(20)
	if _, err := takesPosts(url, body); err != nil {
		return err
	}
	script, err := b.postScript(body)
	if err != nil {
		return err
	}
	duration := max(b.duration, handoverTime)
	sides := []string{calm, renewed}
	rate, p50, p99, failed := newFigure("requests/s", true), newFigure("p50 ms", false), newFigure("p99 ms", false), newFigure("failed", false)
	slowest := newFigure("slowest ms", false)
	if _, err := wrk(url, connections, time.Second, script); err != nil {
		return err
	}
	var lasted series
	err = b.eachRound(sides, func(side string) error {
		ended := make(chan error, 1)
		if side == renewed {
			go func() { ended <- b.handOverAndOver(socket, duration, &lasted) }()
		} else {
			ended <- nil
		}
		a, err := wrk(url, connections, duration, script)
		rate.add(side, a.perSecond)
		p50.add(side, a.p50)
		p99.add(side, a.p99)
		slowest.add(side, a.slowest)
		failed.add(side, float64(a.failed))
		return errors.Join(err, <-ended)
	})
	if err != nil {
		return err
	}
	b.title("GST as above, POST on %d kept connections, %v a round: a new process %d times by `ctl reload --exec`, and not once", connections, duration, handovers)
	table(b.w, sides, rate, p50, p99, slowest, failed)
	tail := p99.sides[renewed].over(p99.sides[calm])
	verdict := "is wanted, and held"
	if tail.summary().median > wantedTail {
		verdict = "is wanted, and NOT held"
	}
	fmt.Fprintf(b.w, "  p99 during %d handovers is %s times that without; at most %d %s\n  a handover took %s s\n\n", handovers, tail, wantedTail, verdict, lasted)
	return nil
}

// handOverAndOver brings new processes into place, evenly over a time.
func (b *bench) handOverAndOver(socket string, within time.Duration, lasted *series) error {
	t := time.NewTicker(within / (handovers + 1))
	defer t.Stop()
	for range handovers {
		<-t.C
		out, err := exec.Command(filepath.Join(b.bin, "etamild"), "ctl", "--control", socket, "reload", "--exec", "--json").Output()
		var outcome control.Reload
		if jerr := json.Unmarshal(bytes.TrimSpace(out), &outcome); err != nil || jerr != nil || outcome.PID == 0 {
			return fmt.Errorf("ctl reload --exec: %v %v %s", err, jerr, out)
		}
		successor.Store(int64(outcome.PID))
		*lasted = append(*lasted, outcome.Seconds)
	}
	return nil
}

// endHandedOver ends the daemon, or the process that is in its place.
func (b *bench) endHandedOver(daemon *stand.Process, socket string) error {
	if successor.Load() == 0 {
		return b.stand.End(daemon)
	}
	b.stand.End(daemon) // it ended when it had handed over
	out, err := exec.Command(filepath.Join(b.bin, "etamild"), "ctl", "--control", socket, "drain").CombinedOutput()
	if err != nil {
		endSuccessor()
		err = fmt.Errorf("ctl drain: %w\n%s", err, out)
	}
	successor.Store(0)
	return err
}
