namespace Coverslip.Slides.Formats;

/// <summary>
/// Decoded tiles, the least recently used going first; bounded in bytes. A tile enters with its second use: single
/// patches from anywhere decode no more than they show, and neighbors, which share tiles, find them here.
/// </summary>
internal sealed class TileCache(long capacity)
{
    private readonly Dictionary<(int Level, long Tile), LinkedListNode<CachedTile>> tiles = [];
    private readonly LinkedList<CachedTile> byUse = new();
    private readonly Dictionary<(int Level, long Tile), long> met = [];
    private readonly Queue<((int Level, long Tile) Key, long Turn)> meetings = new();
    private readonly Stack<byte[]> spare = new();
    private readonly Lock gate = new();
    private long held;
    private long turn;

    /// <summary>Bytes of the tiles in the cache, and of the buffers kept for the next ones.</summary>
    public long HeldBytes => Interlocked.Read(ref held);

    /// <summary>The tile, to be released after use; null if it is not here.</summary>
    public CachedTile? Find((int Level, long Tile) key)
    {
        lock (gate)
        {
            if (!tiles.TryGetValue(key, out var node))
                return null;
            byUse.Remove(node);
            byUse.AddFirst(node);
            node.Value.Users++;
            return node.Value;
        }
    }

    /// <summary>Whether a tile of so many bytes that is not here should enter now.</summary>
    public bool Admits((int Level, long Tile) key, int bytes)
    {
        if (bytes > capacity)
            return false;
        lock (gate)
        {
            if (met.Remove(key))
                return true;
            met[key] = ++turn;
            meetings.Enqueue((key, turn));
            // As many tiles are remembered as would fit twice.
            while (meetings.Count > 2 * (capacity / bytes))
            {
                var (old, when) = meetings.Dequeue();
                if (met.TryGetValue(old, out var last) && last == when)
                    met.Remove(old);
            }
            return false;
        }
    }

    /// <summary>A buffer for a tile that is about to be decoded; bytes count as held until it is dropped.</summary>
    public byte[] Rent(int bytes)
    {
        lock (gate)
        {
            while (true)
            {
                while (spare.TryPop(out var buffer))
                {
                    if (buffer.Length == bytes)
                        return buffer;
                    held -= buffer.Length;
                }
                if (held + bytes <= capacity || byUse.Last is not { } last)
                {
                    held += bytes;
                    return new byte[bytes];
                }
                Drop(last);
            }
        }
    }

    /// <summary>Gives back a buffer whose tile could not be decoded.</summary>
    public void Return(byte[] buffer)
    {
        lock (gate)
            spare.Push(buffer);
    }

    /// <summary>Takes a decoded tile in; the caller uses it once and releases it.</summary>
    public CachedTile Add((int Level, long Tile) key, byte[] pixels)
    {
        lock (gate)
        {
            var tile = new CachedTile(key, pixels) { Users = 1 };
            // Two threads may have decoded the same tile: the first one's stays.
            if (tiles.ContainsKey(key))
            {
                tile.IsDropped = true;
                return tile;
            }
            tiles.Add(key, byUse.AddFirst(tile));
            return tile;
        }
    }

    /// <summary>Ends one use of a tile.</summary>
    public void Release(CachedTile tile)
    {
        lock (gate)
        {
            if (--tile.Users == 0 && tile.IsDropped)
                spare.Push(tile.Pixels);
        }
    }

    private void Drop(LinkedListNode<CachedTile> node)
    {
        byUse.Remove(node);
        tiles.Remove(node.Value.Key);
        node.Value.IsDropped = true;
        if (node.Value.Users == 0)
            spare.Push(node.Value.Pixels);
    }
}

/// <summary>A tile in the cache; its fields are the cache's.</summary>
internal sealed class CachedTile((int Level, long Tile) key, byte[] pixels)
{
    public (int Level, long Tile) Key { get; } = key;

    /// <summary>[tile height · tile width · 3] R, G, B.</summary>
    public byte[] Pixels { get; } = pixels;

    public int Users { get; set; }

    public bool IsDropped { get; set; }
}
