package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
