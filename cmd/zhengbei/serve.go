package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
	"zhengbei/internal/tile"
	"zhengbei/web"
)

type serveCmd struct{}

// hearWithin is how long the start waits until changes are heard; the service answers without them as well.
const hearWithin = 3 * time.Second

// demoSays stands below the address, in both languages: nobody should take what is invented for real.
const demoSays = "演示数据：全部虚构，不是真实土地和权利人。真实数据库：zhengbei serve（make serve）。\n" +
	"Demonstration: all of it is invented, no real land, no real holder. The real database: zhengbei serve (make serve).\n"

// stopWithin is how long requests under way may take when the service stops.
const stopWithin = 10 * time.Second

// Run serves until the context ends.
func (serveCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	public, err := s.public()
	if err != nil {
		return err
	}
	extent, err := s.extent()
	if err != nil {
		return err
	}
	issuer, err := s.issuer()
	if err != nil {
		return err
	}
	site, err := httpapi.NewSite(web.Dist())
	if err != nil {
		return err
	}
	certificate, err := s.certificate(t.log)
	if err != nil {
		return err
	}
	proxies, err := httpapi.ReadProxies(s.Proxy)
	if err != nil {
		return err
	}
	listener, err := s.listen(ctx, certificate != nil || len(proxies) > 0) // first, so that a taken port is told before anything is started
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()

	d, err := s.database(ctx, t, pgserver.Start)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	db, err := d.open(ctx, t, land.Actor{})
	if err != nil {
		return err
	}
	defer db.Close()
	if begun, err := seed(ctx, t, db, s.Demo); err != nil {
		return err
	} else if begun > 0 {
		t.log.Info("outlines loaded; they are approximate, not legal boundaries", "features", begun)
	}
	keys, err := s.keys(ctx, t, db)
	if err != nil {
		return err
	}
	var today *land.Day // in a demonstration its last day is today
	if s.Demo {
		round, err := inspect(ctx, db, true)
		if err != nil {
			return err
		}
		today = round.DefaultAt
	}

	people, err := keeper(ctx, db, t.log)
	if err != nil {
		return err
	}

	tiles := tile.NewServer(db.Tile, now, uint64(s.TileCache)<<20)
	hub := httpapi.NewHub()
	following, unfollow := context.WithCancel(context.WithoutCancel(ctx))
	var feed sync.WaitGroup
	feed.Go(func() { db.Follow(following, store.Followers{tiles, hub}) })
	defer feed.Wait()
	defer unfollow()
	select { // who opens the address at once finds a service that is ready
	case <-hub.Heard():
	case <-time.After(hearWithin):
	case <-ctx.Done():
	}

	feed.Go(func() { db.Forget(following) })
	feed.Go(func() { s.sealer(t, db).Run(following) }) // to the end: what the last requests did is sealed as well
	figures := progress.NewReader(db)
	feed.Go(func() { // the first to ask for a figure does not wait for it
		if err := figures.Warm(following); err != nil && following.Err() == nil {
			t.log.Warn("states could not be read ahead", "error", err)
		}
	})
	if issuer != nil {
		feed.Go(func() { // nobody waits for it: those with a password get in while it is away
			issuer.Find(following, func(err error) { t.log.Warn("the issuer of OpenID Connect is away", "error", err) })
		})
	}
	server := httpapi.NewServer(httpapi.New(httpapi.Settings{
		DB: db, People: people, Tiles: tiles, Hub: hub, Figures: figures, Site: site, Public: public, Extent: extent, Version: version(), Log: t.log, Now: now, Today: today,
		Keys: keys, Anchors: s.anchors(), Anonymous: s.Anonymous, Proxies: proxies, Certificate: certificate, Issuer: issuer,
	}), t.log)
	server.RegisterOnShutdown(hub.Close)
	failed := make(chan error, 1)
	address := "http://" + listener.Addr().String()
	if certificate != nil {
		address = "https://" + listener.Addr().String()
		server.TLSConfig = certificate.Config()
		go func() { failed <- server.ServeTLS(httpapi.Listener(listener), "", "") }()
	} else {
		go func() { failed <- server.Serve(httpapi.Listener(listener)) }()
	}
	if d.server != nil {
		if err := d.server.SetAddress(address); err != nil {
			t.log.Warn("the address could not be written to the data folder", "error", err)
		}
	}
	says := "整备 zhengbei: " + address + "\n"
	if s.Demo {
		says += demoSays
	}
	invited, err := invite(ctx, people, s.Demo, links(public, address))
	if err != nil {
		return err
	}
	says += invited
	if _, err := fmt.Fprint(t.out, says); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	t.log.Info("stopping")
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := server.Shutdown(within); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.log.Warn("some requests were cut off", "error", err)
		return server.Close()
	}
	return nil
}
