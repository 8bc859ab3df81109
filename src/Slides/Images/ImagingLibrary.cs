using System.Runtime.InteropServices;

namespace Coverslip.Slides.Images;

/// <summary>What the native library was built with.</summary>
public static unsafe class ImagingLibrary
{
    /// <summary>OpenCV's version, such as "4.6.0".</summary>
    /// <exception cref="DllNotFoundException">The library is missing; the text says where it was looked
    /// for.</exception>
    public static string OpenCvVersion => Marshal.PtrToStringUTF8((nint)NativeImaging.OpenCvVersion())!;
}
