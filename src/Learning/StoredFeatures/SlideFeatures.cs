using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// Features of an open slide's patches as far as they are computed, those first that are asked for. What is computed is kept in
/// the folder as <c>coverslip features</c> keeps it, and taken up from there; with the last patch of tissue the file is
/// written that it would have written. One thread at a time.
/// </summary>
public sealed class SlideFeatures : IDisposable
{
    private readonly Slide slide;
    private readonly SlideEncoding encoding;
    private readonly SlideTissue tissue;
    private readonly string folder;
    private readonly PatchReading reading;
    private readonly Dictionary<long, float[]> known = [];
    private FeatureParts? parts;
    private bool dropped;

    /// <param name="slide">Stays the caller's.</param>
    /// <param name="encoding">Of one view.</param>
    /// <param name="tissue">What counts as tissue.</param>
    /// <param name="folder">Where features are kept.</param>
    /// <exception cref="InvalidDataException">The folder holds features of this slide that were made of something else.</exception>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    public SlideFeatures(Slide slide, SlideEncoding encoding, SlideTissue tissue, string folder)
    {
        (this.slide, this.encoding, this.tissue, this.folder) = (slide, encoding, tissue, folder);
        Patches = encoding.Patches(slide, tissue);
        reading = encoding.Reading(Patches);
        if (TakeStored() || Complete)
            return;
        parts = encoding.Parts(slide, tissue, folder);
        if (parts.Keys.Count == 0)
            return;
        var values = parts.Read(0, parts.Numbers);
        foreach (var (i, key) in parts.Keys.Index())
            Know(key, values, i, parts.Numbers);
        if (Complete)
            Finish();
    }

    /// <summary>Where patches lie, and which of them hold tissue.</summary>
    public TissuePatches Patches { get; }

    /// <summary>Whether every patch of tissue has features.</summary>
    public bool Complete => dropped || Patches.Wanted.All(known.ContainsKey);

    /// <summary>How many patches of tissue have features.</summary>
    public int Done => dropped ? Patches.Wanted.Count : Patches.Wanted.Count(known.ContainsKey);

    /// <summary>Bytes that the features in memory take.</summary>
    internal long HeldBytes => known.Count * (known.Values.FirstOrDefault()?.Length ?? 0L) * sizeof(float);

    /// <summary>Features [D] of a patch; null where they are not computed.</summary>
    public float[]? Of(long key)
    {
        TakeDropped();
        return known.GetValueOrDefault(key);
    }

    /// <summary>Drops what is stored from memory, until it is asked for again.</summary>
    /// <returns>Whether it is: features of a slide that is not finished stay.</returns>
    internal bool Drop()
    {
        if (parts is not null || !Complete)
            return false;
        known.Clear();
        return dropped = true;
    }

    /// <summary>
    /// Computes those of some patches that have none, on the calling thread. Patches without tissue may be asked for, too: they
    /// are computed and not stored.
    /// </summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public void Compute(IEnumerable<long> keys)
    {
        TakeDropped();
        var missing = keys.Where(key => !known.ContainsKey(key)).ToHashSet();
        if (missing.Count == 0)
            return;
        foreach (var (batch, rows) in reading.Of(missing))
        {
            foreach (var (key, row) in batch.Zip(rows))
                known[key] = Array.ConvertAll(row, v => (float)(Half)v); // as they will be read again
            var stored = batch.Zip(rows).Where(b => Patches.Wanted.Contains(b.First)).ToArray();
            parts?.Add([.. stored.Select(b => b.First)], [.. stored.Select(b => b.Second)]);
        }
        if (parts is not null && Complete)
            Finish();
    }

    /// <summary>Computes so many patches of tissue that have no features yet.</summary>
    /// <returns>Whether any was left.</returns>
    public bool ComputeSome(int count)
    {
        if (dropped)
            return false;
        long[] next = [.. Patches.Wanted.Where(key => !known.ContainsKey(key)).Take(count)];
        Compute(next);
        return next.Length > 0;
    }

    public void Dispose() => parts?.Dispose();

    private void TakeDropped()
    {
        if (!dropped)
            return;
        dropped = false;
        if (!TakeStored() && !Complete)
            parts = encoding.Parts(slide, tissue, folder); // the file was removed: it is computed anew
    }

    private bool TakeStored()
    {
        if (encoding.Stored(slide, tissue, folder) is not { } stored)
            return false;
        for (var i = 0; i < stored.Count; i++)
            Know(KeyAt(stored.Places[2 * i], stored.Places[(2 * i) + 1]), stored.Values, i, stored.Numbers);
        return true;
    }

    private void Finish()
    {
        parts!.Dispose();
        parts = null;
        new Walk(encoding, folder) { TissueOf = _ => tissue }.Predict(slide);
    }

    private void Know(long key, Half[] values, int row, int numbers) =>
        known[key] = Array.ConvertAll(values[(row * numbers)..((row + 1) * numbers)], v => (float)v);

    private long KeyAt(double x, double y) =>
        Patches.Key((int)Math.Round(x / Patches.Grid.CellWidth), (int)Math.Round(y / Patches.Grid.CellHeight));
}
