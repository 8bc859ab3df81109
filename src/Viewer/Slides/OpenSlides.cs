using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Slides;

/// <summary>
/// Slides that are open, the least recently used being closed once nobody reads it. Any number of threads read a slide at a
/// time: the lock is held for finding it alone.
/// </summary>
/// <param name="mpp">Microns per pixel of their finest level, over what they say; null (default): as each says.</param>
internal sealed class OpenSlides(Mpp? mpp = null) : IDisposable
{
    private const int Most = 24;

    /// <summary>Decoded tiles of the file, for what is not made of whole ones; pictures made of them are kept elsewhere.</summary>
    private const long CacheBytes = 16 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> open = new(StringComparer.Ordinal);
    private long turn;

    /// <summary>Does something with a slide, which stays open meanwhile.</summary>
    /// <exception cref="UnreadableSlideException">It cannot be opened.</exception>
    internal T With<T>(ShownSlide shown, Func<Slide, T> work)
    {
        var entry = Take(shown);
        try
        {
            return work(entry.Slide.Value);
        }
        finally
        {
            Release(entry);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in open.Values)
                Close(entry);
            open.Clear();
        }
    }

    private Entry Take(ShownSlide shown)
    {
        lock (gate)
        {
            if (!open.TryGetValue(shown.Id, out var entry))
            {
                entry = new Entry(
                    new Lazy<Slide>(() =>
                        SlideFile.Open(shown.File.Path, new SlideOptions { CacheBytes = CacheBytes, Mpp = mpp })
                    )
                );
                open[shown.Id] = entry;
                if (open.Count > Most)
                    Drop(open.Where(o => o.Value != entry).MinBy(o => o.Value.Turn).Key);
            }
            entry.Turn = ++turn;
            entry.Users++;
            return entry;
        }
    }

    private void Release(Entry entry)
    {
        lock (gate)
        {
            if (--entry.Users == 0 && entry.IsDropped)
                Close(entry);
            // What could not be opened is tried again: somebody may be copying it here.
            else if (!entry.Slide.IsValueCreated && open.FirstOrDefault(o => o.Value == entry).Key is { } failed)
                open.Remove(failed);
        }
    }

    private void Drop(string id)
    {
        open.Remove(id, out var entry);
        entry!.IsDropped = true;
        if (entry.Users == 0)
            Close(entry);
    }

    private static void Close(Entry entry)
    {
        if (entry.Slide.IsValueCreated)
            entry.Slide.Value.Dispose();
    }

    private sealed class Entry(Lazy<Slide> slide)
    {
        internal Lazy<Slide> Slide { get; } = slide;

        internal int Users { get; set; }

        internal long Turn { get; set; }

        internal bool IsDropped { get; set; }
    }
}
