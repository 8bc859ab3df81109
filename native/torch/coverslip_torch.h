// The whole C interface of libcoverslip_torch. A tensor crosses as `Tensor*`: one owned reference to a TensorImpl.
// Every function that can fail returns 0 on success; ct_last_error() then tells what went wrong on this thread.
#pragma once
#include <cstdint>

#define CT_API extern "C" __attribute__((visibility("default")))

struct CtTensor;    // c10::TensorImpl, one reference owned by whoever holds the pointer
struct CtOperator;  // an operator found in libtorch's dispatcher; lives as long as the process
struct CtScript;    // a loaded TorchScript module
struct CtPacked;    // a convolution made ready for inference
struct CtStore;     // where processes that train together meet
struct CtGroup;     // processes that train together
struct CtReducer;   // what averages gradients over a group

// What a boxed argument or result is. Lists point at the caller's memory for the time of the call.
enum CtKind : int32_t {
    CT_NONE = 0,
    CT_TENSOR = 1,
    CT_INT = 2,
    CT_DOUBLE = 3,
    CT_BOOL = 4,
    CT_STRING = 5,
    CT_INT_LIST = 6,
    CT_DOUBLE_LIST = 7,
    CT_TENSOR_LIST = 8,
    CT_BOOL_LIST = 9,
};

struct CtValue {
    int32_t kind;
    int32_t length;  // of a list or string
    union {
        int64_t integer;
        double number;
        CtTensor* tensor;
        const void* pointer;
    };
};

struct CtInfo {
    int64_t shape[8];
    int64_t strides[8];
    void* data;
    int32_t dimensions, dtype, device, device_index;
    int32_t requires_grad, channels_last;
};

using CtDeleter = void (*)(void* context);
// A managed function: reads `count` inputs, writes its results' references to `outputs` (at most 16), returns how many
// or a negative number after a failure. `release` gives its context back.
using CtFunction = int32_t (*)(void* context, CtTensor* const* inputs, int32_t count, CtTensor** outputs);
