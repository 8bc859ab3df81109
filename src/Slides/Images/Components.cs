namespace Coverslip.Slides.Images;

/// <summary>Connected pieces of a mask.</summary>
/// <param name="Labels">[H · W], row by row: 0 where the mask is 0, else 1 to <paramref name="Count"/>.</param>
/// <param name="Count">Pieces.</param>
public sealed record ComponentMap(int[] Labels, int Count)
{
    /// <summary>[Count + 1] pixels of the background and of each piece.</summary>
    public int[] Areas()
    {
        var areas = new int[Count + 1];
        foreach (var label in Labels)
            areas[label]++;
        return areas;
    }
}

/// <summary>Finds connected pieces.</summary>
public static unsafe class Components
{
    /// <summary>The pieces of the non-zero pixels.</summary>
    /// <param name="mask">Gray, 8 bits.</param>
    /// <param name="diagonal">Whether pixels that touch at a corner are connected.</param>
    /// <exception cref="ArgumentException">The mask is no gray image of 8 bits.</exception>
    public static ComponentMap Find(Image mask, bool diagonal = true)
    {
        if (mask.Channels != 1 || mask.Depth != 8)
            throw new ArgumentException($"a mask is a gray image of 8 bits, not a {mask}", nameof(mask));
        var labels = new int[mask.Width * mask.Height];
        var count = 0;
        fixed (byte* from = mask.Pixels)
        fixed (int* to = labels)
        {
            var source = NativeImage.Of(mask, from);
            var status = NativeImaging.Components(&source, diagonal ? 8 : 4, to, &count);
            NativeImaging.Check(status, $"components of {mask}");
        }
        return new ComponentMap(labels, count);
    }
}
