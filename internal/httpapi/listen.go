package httpapi

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"zhengbei/internal/fault"
)

// The bounds of a connection; echo sets none by itself.
const (
	readHeaderWithin = 10 * time.Second
	readWithin       = 30 * time.Second
	writeWithin      = 70 * time.Second // longer requests move their own deadline
	idleWithin       = 2 * time.Minute
	mostHeader       = 64 << 10
)

// NewServer is an HTTP server within the bounds.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderWithin, ReadTimeout: readWithin, WriteTimeout: writeWithin,
		IdleTimeout: idleWithin, MaxHeaderBytes: mostHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Listener answers headers that are too long as a problem document: net/http refuses them before any handler is asked.
func Listener(inner net.Listener) net.Listener { return listener{inner} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if t, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: t}, err
	}
	return c, err
}

type conn struct{ *net.TCPConn }

var tooLongMark = []byte("HTTP/1.1 431 ")

// Write replaces net/http's own refusal, after the client has been heard out: else it would see a reset in place of an answer.
func (c *conn) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, tooLongMark) {
		return c.TCPConn.Write(p)
	}
	c.drain()
	problem, code := newProblem(tooLong, fault.Chinese)
	body, err := json.Marshal(problem)
	if err != nil {
		return 0, err
	}
	_, err = fmt.Fprintf(c.TCPConn, "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\nContent-Language: %s\r\nCache-Control: no-store\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		code, http.StatusText(code), fault.Chinese, len(body), body)
	return len(p), err
}

// drain reads on for a short while, 64 MB and 2 s at most, and throws it away.
func (c *conn) drain() {
	const most, pause, whole = 64 << 20, 200 * time.Millisecond, 2 * time.Second
	chunk := make([]byte, 64<<10)
	end := time.Now().Add(whole)                            //nolint:forbidigo // a deadline of the socket
	for read := 0; read < most && time.Now().Before(end); { //nolint:forbidigo // a deadline of the socket
		_ = c.SetReadDeadline(time.Now().Add(pause)) //nolint:forbidigo // a deadline of the socket
		n, err := c.Read(chunk)
		if err != nil {
			return
		}
		read += n
	}
}

// renewedAfter is how often the files of the certificate are looked at: one that was renewed is served without a restart.
const renewedAfter = 5 * time.Second

// Certificate is what the service shows under TLS.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	files  [2]fileMark
	looked time.Time
}

// fileMark tells a file that was written anew.
type fileMark struct {
	written time.Time
	size    int64
}

// NewCertificate reads a certificate with its chain, and its key, from PEM files.
func NewCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now, log: log, looked: now()}
	c.files = c.marks()
	if err := c.load(); err != nil {
		return nil, fault.New(fault.Invalid, "setting.tls", "cert", certFile, "key", keyFile).Because(err)
	}
	return c, nil
}

func (c *Certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err == nil {
		c.pair = &pair
	}
	return err
}

func (c *Certificate) marks() (marks [2]fileMark) {
	for i, name := range [2]string{c.certFile, c.keyFile} {
		if info, err := os.Stat(name); err == nil {
			marks[i] = fileMark{info.ModTime(), info.Size()}
		}
	}
	return marks
}

// current is the certificate as its files say; one that cannot be read, as in the middle of a renewal, leaves the one before.
func (c *Certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked).Abs() < renewedAfter {
		return c.pair
	}
	c.looked = now
	marks := c.marks()
	if marks == c.files {
		return c.pair
	}
	c.files = marks
	if err := c.load(); err != nil {
		c.log.Warn("the certificate has changed and cannot be read; the one before is served on", "error", err)
	} else {
		c.log.Info("the certificate was read anew", "until", c.pair.Leaf.NotAfter)
	}
	return c.pair
}

// Names reports whether the certificate is for a host.
func (c *Certificate) Names(host string) bool { return c.current().Leaf.VerifyHostname(host) == nil }

// Config serves it by TLS 1.2 and later.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil }}
}
