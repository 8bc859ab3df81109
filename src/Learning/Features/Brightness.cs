namespace Coverslip.Learning.Features;

/// <summary>One number of an image: the mean of its valid pixels' red, green and blue, in [0, 1]; 0 where none is valid.</summary>
internal sealed class Brightness : IImageFeatures
{
    public string Name => "brightness";

    public int Count => 1;

    public double[] Describe(PatchPixels image)
    {
        var (sum, valid) = (0L, 0);
        for (var i = 0; i < image.Count; i++)
        {
            if (!image.IsValid(i))
                continue;
            valid++;
            for (var c = 0; c < 3; c++)
                sum += image.Color(i, c);
        }
        return [valid == 0 ? 0 : sum / (3 * 255.0 * valid)];
    }
}
