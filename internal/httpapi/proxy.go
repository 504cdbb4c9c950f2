package httpapi

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// proxies are the addresses whose word about the client is taken.
type proxies []netip.Prefix

func (p proxies) has(ip netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// throughKey marks a request that came through a named proxy.
const throughKey = "through"

// through makes of a request what the proxy was asked: the client's address, the host, and whether it came by TLS.
// With a proxy named nothing else is taken but what this machine asks itself; from anybody else such headers are not read at all.
func (a *api) through(next echo.HandlerFunc) echo.HandlerFunc {
	if len(a.proxies) == 0 {
		return unnamed(next)
	}
	return func(c echo.Context) error {
		r := c.Request()
		peer := addressIn(r.RemoteAddr)
		hops := hopsIn(r.Header, echo.HeaderXForwardedFor)
		switch {
		case a.proxies.has(peer) && len(hops) > 0:
			if proto := last(r.Header, echo.HeaderXForwardedProto); proto != "" && !strings.EqualFold(proto, "https") ||
				proto == "" && r.TLS == nil && (a.public == nil || a.public.Scheme != "https") {
				return fault.New(fault.Forbidden, "request.plain").In(echo.HeaderXForwardedProto + ":")
			}
			if r.TLS == nil {
				r.TLS = &tls.ConnectionState{} // the rest asks this alone: cookies, links, HSTS
			}
			r.RemoteAddr = net.JoinHostPort(a.proxies.client(peer, hops).String(), "0")
			if host := last(r.Header, "X-Forwarded-Host"); host != "" {
				r.Host = host
			} else if a.public != nil {
				r.Host = a.public.Host
			}
			c.Set(throughKey, true)
		case peer.IsLoopback():
		case a.proxies.has(peer) && (c.Path() == "/healthz" || c.Path() == "/readyz"): // its own question, for nobody
		default:
			return fault.New(fault.Forbidden, "request.not_through_proxy")
		}
		return next(c)
	}
}

// sayProxy are the headers that a proxy sets, and a program or a browser on this machine does not.
// They are spelt as net/http keeps them, since each request is looked through.
var sayProxy = []string{"Via", "Forwarded", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server"}

// saysProxy reports whether a request says of itself that a proxy passed it on.
func saysProxy(r *http.Request) bool {
	return slices.ContainsFunc(sayProxy, func(name string) bool { return len(r.Header[name]) > 0 })
}

// unnamed refuses what a proxy on this machine passes on while none is named: all the world would be taken for this machine.
func unnamed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r := c.Request(); addressIn(r.RemoteAddr).IsLoopback() && saysProxy(r) {
			return fault.New(fault.Forbidden, "request.proxy_unnamed")
		}
		return next(c)
	}
}

// client is the right-most address that no named proxy has: what stands left of it anybody may have written.
func (p proxies) client(peer netip.Addr, hops []string) netip.Addr {
	client := peer
	for i := len(hops) - 1; i >= 0; i-- {
		hop := addressIn(hops[i])
		if !hop.IsValid() {
			return client
		}
		client = hop
		if !p.has(hop) {
			return client
		}
	}
	return client
}

// addressIn reads an address with or without a port; not valid where there is none.
func addressIn(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone("")
	}
	ip, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap().WithZone("")
}

// hopsIn are the members of a header that is a list, over all its lines.
func hopsIn(h http.Header, name string) (all []string) {
	for _, line := range h.Values(name) {
		all = append(all, strings.Split(line, ",")...)
	}
	return all
}

// last is the member that the nearest proxy wrote.
func last(h http.Header, name string) string {
	if all := hopsIn(h, name); len(all) > 0 {
		return strings.TrimSpace(all[len(all)-1])
	}
	return ""
}

// ReadProxies reads addresses and CIDR ranges, separated by commas.
func ReadProxies(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			ip, err := netip.ParseAddr(part)
			if err != nil {
				return nil, fault.New(fault.Invalid, "setting.trusted_proxy", "value", part)
			}
			prefix = netip.PrefixFrom(ip, ip.BitLen())
		}
		if prefix.Bits() == 0 || prefix.Addr().Is4In6() { // everybody's word is nobody's
			return nil, fault.New(fault.Invalid, "setting.trusted_proxy", "value", part)
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}
