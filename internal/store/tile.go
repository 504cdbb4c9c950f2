package store

import (
	"context"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var tileMVT = query("tile.mvt")

// Tile makes one vector tile of all layers; empty where nothing lies in it.
func (db *DB) Tile(ctx context.Context, z, x, y int, clock land.Clock) ([]byte, error) {
	conn, err := acquire(ctx, db.tiles)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	rows, _ := conn.Query(ctx, tileMVT.text, named{"z": z, "x": x, "y": y, "at": clock.Days.To, "known": knownArg(clock.Known)})
	tile, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
	return tile, translate(err)
}
