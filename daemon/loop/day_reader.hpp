#pragma once
// Scores days from the journal that the state no longer holds, beside the loop: as past scores are made when somebody
// asks for them (ScoresAt).

#include "loop/exchange.hpp"
#include "loop/recorder.hpp"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace vigil::loop {

class DayReader {
public:
    explicit DayReader(std::filesystem::path journal);
    ~DayReader();
    DayReader(DayReader const&) = delete;
    DayReader& operator=(DayReader const&) = delete;

    // Everything up to view->committed_seq is committed, the events that asked among it.
    void ask(std::vector<Recorder::AskedDay> days, ViewPtr view);
    // What has been read since.
    std::optional<core::DayRead> take();
    bool idle() const { return waiting_ == 0; }

private:
    void run();

    std::filesystem::path journal_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Recorder::AskedDay> asked_;
    ViewPtr view_;
    std::deque<core::DayRead> done_;
    bool stop_ = false;
    std::size_t waiting_ = 0; // of the loop
    std::thread thread_;
};

} // namespace vigil::loop
