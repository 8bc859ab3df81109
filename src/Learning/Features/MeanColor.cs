namespace Coverslip.Learning.Features;

/// <summary>Mean red, green and blue of an image's valid pixels, in [0, 1]; 0 where none is valid.</summary>
internal sealed class MeanColor : IImageFeatures
{
    public string Name => "mean-color";

    public int Count => 3;

    public double[] Describe(PatchPixels image)
    {
        var (sums, valid) = (new double[3], 0);
        for (var i = 0; i < image.Count; i++)
        {
            if (!image.IsValid(i))
                continue;
            valid++;
            for (var c = 0; c < sums.Length; c++)
                sums[c] += image.Color(i, c);
        }
        return [.. sums.Select(sum => valid == 0 ? 0 : sum / (255.0 * valid))];
    }
}
