using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

/// <summary>What scanners write and other decoders were reported to read wrongly. Expected values by ITU-T T.81.</summary>
public sealed class LosslessJpegTests
{
    [Fact] // github.com/pydicom/pylibjpeg-libjpeg/issues/90: ultrasound machines rely on it
    public void A_sum_beyond_the_range_wraps()
    {
        using var image = Read(new LosslessJpeg(4, 1, 8).Dicom(52 - 128, -180, 0, 128 - 52 - 152));
        Assert.Equal([52, 128, 128, 52], image.Pixels.ToArray());
    }

    [Fact] // H.1.2.2: the category 16 has no further bits
    public void The_difference_of_half_the_range_is_read()
    {
        using var image = Read(new LosslessJpeg(4, 1, 16).Dicom(32768, 32768, 32768, -1));
        Assert.Equal([0, 32768, 0, 65535], image.Pixels16.ToArray());
    }

    [Theory] // github.com/image-rs/jpeg-decoder/issues/286, innovative-io/io-dicom/pull/37
    [InlineData(4, new[] { 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0 })] // each row begins anew from 128
    [InlineData(8, new[] { 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0 })] // the second from the first
    [InlineData(0, new[] { 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0 })]
    public void Rows_after_a_restart_are_predicted_anew(ushort restart, int[] differences)
    {
        using var image = Read(new LosslessJpeg(4, 3, 8) { Restart = restart }.Dicom(differences));
        Assert.Equal([129, 129, 129, 129, 130, 130, 130, 130, 131, 131, 131, 131], image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(4, false, "a restart marker is not where it has to be")]
    [InlineData(3, true, "their lossless JPEG scan restarts within a row")]
    public void A_restart_out_of_place_is_told(ushort restart, bool markers, string reason)
    {
        var file = new LosslessJpeg(4, 2, 8) { Restart = restart, Markers = markers }.Dicom(1, 0, 0, 0, 1, 0, 0, 0);
        Assert.Contains(reason, Assert.Throws<UnreadableImageException>(() => Read(file).Dispose()).Message);
    }

    private static Image Read(byte[] file) => ImageFile.Decode(file, "lossless", ImageReadOptions.AsStored);
}
