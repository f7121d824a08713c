package db

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"etamil/engine/diag"
)

func TestPlacesAreGivenInTheOrderOfAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPlaces(PoolConfig{Max: 1, AcquireTimeout: time.Minute})
		if err := p.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []int // written with the only place
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				if err := p.Take(t.Context()); err != nil {
					t.Errorf("%d: %v", i, err)
					return
				}
				order = append(order, i)
				p.Leave()
			})
			synctest.Wait()
		}
		if taken, waiting := p.Usage(); taken != 1 || waiting != 5 {
			t.Errorf("%d taken, %d wait", taken, waiting)
		}
		p.Leave()
		all.Wait()
		if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
			t.Errorf("they came in the order %v", order)
		}
	})
}

func TestWaitingForAPlaceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPlaces(PoolConfig{Label: "redis@h"})
		if err := p.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var d *diag.Diagnostic
		if err := p.Take(t.Context()); !errors.As(err, &d) || d.Def != diag.NoFreeConnection || time.Since(begun) != defaultAcquire {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := p.Take(ctx); err != context.Canceled {
			t.Errorf("a run whose client left: %v", err)
		}
		if taken, waiting := p.Usage(); taken != 1 || waiting != 0 {
			t.Errorf("%d taken, %d still wait", taken, waiting)
		}
		p.Leave()
		if err := p.Take(t.Context()); err != nil {
			t.Errorf("the place is lost: %v", err)
		}
	})
}
